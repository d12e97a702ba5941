import { FIRST_SEQ_VERSION } from './limits.js'
import { isOlder } from './version.js'

/**
 * How a stream is made that begins at a sequence other than 1.
 * - `configured`: the stream is asked for so.
 * - `purged`: an empty stream's sequence moves on where all before it is taken away.
 * - `impossible`: where servers without the option keep copies, the stream then takes nothing any more.
 */
export type Beginning = 'plain' | 'configured' | 'purged' | 'impossible'

export const beginningOf = (version: string, replicas: number, first: number): Beginning => {
  if (first === 1) return 'plain'
  if (!isOlder(version, FIRST_SEQ_VERSION)) return 'configured'
  return replicas === 1 ? 'purged' : 'impossible'
}
