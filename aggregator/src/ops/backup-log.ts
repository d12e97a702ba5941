import type { EventLog } from '../ports.js'
import type { ArchiveWriter, Bounds } from './archive.js'
import { PIECE_BYTES } from './limits.js'
import { Pieces } from './pieces.js'

const LENGTH_BYTES = 4

/** Writes a partition's log up to what is durable at the call. Resolves with what of it is in the archive. */
export const writeLog = async (
  archive: ArchiveWriter,
  log: EventLog,
  partition: number,
  signal: AbortSignal,
): Promise<Bounds> => {
  const { first: kept, last } = await log.bounds(partition)
  if (last < kept) return { first: kept, last }
  let first = kept
  let next = kept
  let pieceFirst = kept
  const pieces = new Pieces(() => `log/${partition}/${pieceFirst}`, archive)
  const length = Buffer.alloc(LENGTH_BYTES)
  for await (const entries of log.read(partition, kept, signal)) {
    for (const { sequence, bytes } of entries) {
      if (sequence > last) break
      // In a cluster others trim: of what was there at the call the oldest may be gone before it is read.
      if (next === first && sequence > next) first = next = pieceFirst = sequence
      if (sequence !== next) throw new Error(`entries ${next} to ${sequence - 1} of partition ${partition} are gone`)
      if (pieces.sizeBytes > 0 && pieces.sizeBytes + bytes.length > PIECE_BYTES) {
        await pieces.end()
        pieceFirst = sequence
      }
      length.writeUInt32LE(bytes.length)
      pieces.put(Uint8Array.from(length))
      pieces.put(bytes)
      next++
    }
    if (next > last) break
  }
  await pieces.end()
  if (next <= last) throw new Error(`the log of partition ${partition} ended at ${next - 1}, before ${last}`)
  return { first, last }
}
