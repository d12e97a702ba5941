import { setTimeout as pause } from 'node:timers/promises'
import { JsHeaders } from '@nats-io/jetstream'
import { headers, nuid } from '@nats-io/transport-node'
import { ACK_MS, DECIDE_MS, PATIENCE_MS } from './limits.js'
import type { Link } from './link.js'
import { verdictOf } from './verdict.js'

/** Names a write for good, so that one whose answer got lost is known again. */
const WRITE_HEADER = 'Pulssi-Write'

export interface Write {
  readonly stream: string
  readonly subject: string
  readonly bytes: Uint8Array
  /** Sequence of the subject's last message, 0: none; null: whatever is there. */
  readonly revision: number | null
  /** Takes away what the subject had before. */
  readonly rollsUp?: boolean
}

const publish = async (link: Link, write: Write, id: string): Promise<number> => {
  const named = headers()
  named.set(WRITE_HEADER, id)
  if (write.rollsUp === true) named.set(JsHeaders.RollupHdr, JsHeaders.RollupValueSubject)
  // The server remembers ids for two minutes, far beyond PATIENCE_MS: a second publish of one is stored no more.
  const options = {
    headers: named,
    msgID: id,
    timeout: ACK_MS,
    ...(write.revision === null ? {} : { expect: { lastSubjectSequence: write.revision } }),
  }
  return (await link.during(() => link.jetstream.publish(write.subject, write.bytes, options))).seq
}

/** The sequence of our own write; null if another one is there, which may have come after ours. */
const written = async (link: Link, { stream, subject }: Write, id: string): Promise<number | null> => {
  const found = await link.patiently(() => link.manager.streams.getMessage(stream, { last_by_subj: subject }))
  return found?.header?.get(WRITE_HEADER) === id ? found.seq : null
}

/**
 * Stores one message once, however often it has to be sent. Resolves with its sequence, null where `revision` differed.
 * Rejects where no server took it for PATIENCE_MS; whether it is stored isn't known then.
 */
export const publishOnce = async (link: Link, write: Write): Promise<number | null> => {
  if (write.bytes.length > link.messageBytes)
    throw new RangeError(`a value of ${write.bytes.length} bytes; ${link.messageBytes} the server takes`)
  const id = nuid.next()
  const end = performance.now() + PATIENCE_MS
  for (let isRepeat = false; ; isRepeat = true) {
    try {
      return await publish(link, write, id)
    } catch (error) {
      const { is } = verdictOf(error)
      if (is === 'conflict') return isRepeat ? written(link, write, id) : null
      if (link.isClosed || performance.now() > end) throw error
    }
    await Promise.race([link.settled(), pause(PATIENCE_MS, undefined, { ref: false })])
    await pause(DECIDE_MS)
  }
}
