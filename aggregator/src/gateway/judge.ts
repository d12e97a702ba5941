import type { Reader } from './access.js'
import { type Admission, admitHello, admitReader, type Caller } from './admit.js'
import type { Surroundings } from './connection.js'
import type { Pace } from './pace.js'
import { isNumbered, type Judge } from './session.js'

/** What one connection's frames are judged by. `pace`: the one in force; `verified` hears of a token that took time. */
export const judgeOf = (
  caller: Caller,
  { access, days, appender }: Surroundings,
  pace: () => Pace,
  verified: (admission: Admission<Reader>) => void,
): Judge => ({
  hello: frame => admitHello(frame, caller, access, days),
  auth: frame => {
    const admission = admitReader(access, frame[1], caller)
    if (!(admission instanceof Promise)) return admission
    void admission.then(verified)
    return 'verifying'
  },
  capacity: frame => pace().message() ?? (isNumbered(frame) ? (appender.capacity() ?? pace().events(frame)) : null),
})
