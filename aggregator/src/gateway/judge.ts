import type { Sender } from '../intake/index.js'
import type { Reader } from './access.js'
import { type Admission, admitHello, admitReader, type Caller, type Role } from './admit.js'
import type { Surroundings } from './connection.js'
import type { Pace } from './pace.js'
import { isNumbered, type Judge } from './session.js'

/** What comes with a page's key keeps to the rates of comments. */
const commenting = (admission: Admission<Role>, mayComment: Sender['mayComment']): Admission<Role> => {
  if (!admission.ok || admission.value.writer === null || admission.value.rights?.kind !== 'page') return admission
  const { value } = admission
  return { ok: true, value: { ...value, writer: { ...admission.value.writer, mayComment } } }
}

/** What one connection's frames are judged by. `pace`: the one in force; `verified` hears of a token that took time. */
export const judgeOf = (
  caller: Caller,
  { access, days, appender, comments }: Surroundings,
  pace: () => Pace,
  verified: (admission: Admission<Reader>) => void,
): Judge => ({
  hello: frame => commenting(admitHello(frame, caller, access, days), comments.judge(caller.address)),
  auth: frame => {
    const admission = admitReader(access, frame[1], caller)
    if (!(admission instanceof Promise)) return admission
    void admission.then(verified)
    return 'verifying'
  },
  capacity: frame => pace().message() ?? (isNumbered(frame) ? (appender.capacity() ?? pace().events(frame)) : null),
})
