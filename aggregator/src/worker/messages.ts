/** What the worker and the host of its engines say to each other. Every array buffer in a message changes owner. */

import type { Letter, Saying, Subject } from '../engine/index.js'
import type { Held } from './figures.js'

export type ToFolder =
  /** Opens a partition's engine: from an image's chunks, or empty with the key of the id hashes. */
  | {
      readonly type: 'open'
      readonly partition: number
      /** Of the tenure under which the partition is served: what comes later has a greater one. */
      readonly epoch: number
      /** Whether boards may miss a partial: then whole ones come now and then without being asked for. */
      readonly isLossy: boolean
      readonly key: readonly [number, number]
      /** Last entry that the image holds; 0 without one. */
      readonly sequence: number
      readonly chunks: readonly Uint8Array[] | null
    }
  /** Drops a partition's engine; nothing more is said of it. */
  | { readonly type: 'close'; readonly partition: number }
  /** Consecutive entries of the log from `first` on, one behind the other in `bytes`. */
  | {
      readonly type: 'entries'
      readonly partition: number
      readonly first: number
      readonly lengths: Uint32Array
      readonly bytes: Uint8Array
      /** Nobody waits for the verdicts (replay). */
      readonly quiet: boolean
    }
  /** Begins the partition's image, as it is after all entries posted before; `chunk` asks for the next of it. */
  | { readonly type: 'image'; readonly partition: number }
  | { readonly type: 'chunk'; readonly partition: number }
  /** Gives the image up. */
  | { readonly type: 'stopImage'; readonly partition: number }
  /** Asks for all that the engine holds of a visitor. */
  | {
      readonly type: 'subject'
      readonly partition: number
      readonly hi: number
      readonly lo: number
      readonly id: number
    }
  /** From now on: what the engine has to tell other partitions, beginning with what isn't known to have arrived. */
  | { readonly type: 'letters'; readonly partition: number }
  /** The next partial of the partition holds everything, not changes alone. */
  | { readonly type: 'full'; readonly partition: number }

/** Folded entries with what became of their events. */
export interface Folded {
  readonly type: 'folded'
  readonly partition: number
  readonly first: number
  readonly count: number
  readonly sizeBytes: number
  /** VERDICT_FIELDS numbers a record of events: entry − first, record, accepted, duplicates, tooLate. */
  readonly verdicts: Uint32Array
  /** REFUSAL_FIELDS numbers an event that the engine refused: entry − first, record, event, code. */
  readonly refusals: Uint32Array
}

export type FromFolder =
  | Folded
  /** For the Bus as it is: see partial.ts. */
  | { readonly type: 'partial'; readonly partition: number; readonly message: Uint8Array; readonly held: Held }
  /** 15 min slices that left the engine, for `quartersOf`; `through`: index of the newest of them. */
  | { readonly type: 'departed'; readonly partition: number; readonly departed: Uint8Array; readonly through: number }
  /** An image has begun: of the engine after entry `sequence`, whose clock stood at `clock`, ms since 1970. */
  | { readonly type: 'image'; readonly partition: number; readonly sequence: number; readonly clock: number }
  /** null: the image is whole. */
  | { readonly type: 'chunk'; readonly partition: number; readonly chunk: Uint8Array | null }
  /** Of entries that were not there when the partition was opened. */
  | { readonly type: 'said'; readonly partition: number; readonly said: readonly Saying[] }
  | { readonly type: 'letters'; readonly partition: number; readonly letters: readonly Letter[] }
  | { readonly type: 'subject'; readonly id: number; readonly subject: Subject | null }
  /** A partition's engine is gone; this is the last that is said of it. */
  | { readonly type: 'closed'; readonly partition: number }
  /** The engine can't go on; nothing after `sequence` is folded. */
  | { readonly type: 'failed'; readonly partition: number; readonly sequence: number; readonly message: string }

export const VERDICT_FIELDS = 5
export const REFUSAL_FIELDS = 4
