import type { Logger } from 'pino'
import type { EventLog, Store } from '../ports.js'
import { StartRefused } from './bootstrap.js'
import type { Image } from './image.js'
import type { Shelf } from './shelf.js'

export interface StartOptions {
  readonly log: EventLog
  readonly store: Store
  readonly shelf: Shelf
  readonly logger: Logger
  readonly partition: number
}

export interface StartingPoint {
  /** null: everything is in the log. */
  readonly image: Image | null
  /** The newest entry of the log. */
  readonly last: number
}

/** Where a compaction says that the log up to an entry is no longer what was counted. */
const compactedKey = (partition: number): string => `compacted/${partition}`

const compactedThrough = async (store: Store, partition: number): Promise<number> => {
  const note = await store.get(compactedKey(partition))
  if (note === null) return 0
  const { through } = JSON.parse(new TextDecoder().decode(note.value)) as { through: number }
  return through
}

/** The image that a partition starts from, if log and image together hold all. Throws StartRefused, naming the loss. */
export const startingPoint = async ({ log, store, shelf, logger, partition }: StartOptions): Promise<StartingPoint> => {
  const { first, last } = await log.bounds(partition)
  const { image, damaged } = await shelf.newest()
  for (const { sequence, reason } of damaged) {
    logger.error({ partition, sequence, reason }, 'an image is damaged: an older one and the log take its place')
  }
  const sequence = image?.sequence ?? 0
  const newest = Math.max(sequence, ...damaged.map(one => one.sequence))
  if (newest > last) {
    throw new StartRefused(
      `the log of partition ${partition} ends at entry ${last}, but an image was made of entry ${newest}: entries ` +
        `${last + 1} to ${newest} are missing. Put the log's files back, or restore a backup, or start with another ` +
        '--data directory',
    )
  }
  const needed = Math.max(first - 1, await compactedThrough(store, partition))
  if (sequence < needed) {
    const images = damaged.length > 0 ? `its ${damaged.length} images are damaged` : 'it has no image'
    throw new StartRefused(
      `partition ${partition} can't be counted again: the log no longer holds what entries 1 to ${needed} said, and ` +
        `${image === null ? images : `its newest image that can be read is of entry ${sequence}`}. Restore a backup, ` +
        'or start with another --data directory',
    )
  }
  return { image, last }
}
