import type { Entry, EventLog, Store } from '../ports.js'
import { Erased } from './erased.js'
import type { Gate } from './gate.js'
import { COMPACTED_IMAGES } from './limits.js'

/** A log whose ended pieces can be written anew. */
export interface CompactableLog extends EventLog {
  /** Ends the piece being written; resolves with the last sequence of what has ended. */
  rotate(partition: number): Promise<number>
  rewrite(
    partition: number,
    through: number,
    change: (bytes: Uint8Array, sequence: number) => Uint8Array,
  ): Promise<number>
}

export interface CompactSource {
  readonly log: CompactableLog
  readonly store: Store
  readonly gate: Gate
  /** Folds what is durable, then stores an image of every partition in which something changed since its last one. */
  readonly storeImages: () => Promise<void>
  /** Writes the small values anew, without what was deleted. */
  readonly rewriteValues: () => Promise<void>
  /** Aborts when the log is about to be closed. */
  readonly signal: AbortSignal
}

export interface CompactReport {
  /** Visitors whose erasure was carried out. */
  readonly visitors: number
  /** Pieces of the log that were written anew. */
  readonly segments: number
}

const imagesOf = (partition: number): string => `image/${partition}/`
/** Begins the keys that say of which partitions the log no longer holds all. */
export const COMPACTED = 'compacted/'

const sequenceOf = (imageKey: string): number => Number(imageKey.slice(imageKey.lastIndexOf('/') + 1))

/**
 * Carries out the erasures in the log's bytes. In this order, so that an end at any moment leaves a folder that says
 * the same numbers: images that hold the erasures, in place of all older ones; a note that without such an image the
 * log must not be replayed; then each log is written anew from its oldest piece on, so that an erasure stays until the
 * events before it are gone. Throws Busy; rejects with the reason of the signal where it was aborted,
 * and what is left is done the next time.
 */
export const compact = async (source: CompactSource): Promise<CompactReport> => {
  const leave = await source.gate.enter('compaction')
  try {
    return await compactAll(source)
  } finally {
    leave()
  }
}

interface Work {
  readonly partition: number
  /** Entries up to here are written anew. */
  readonly through: number
}

const compactAll = async (source: CompactSource): Promise<CompactReport> => {
  const { log, store, signal } = source
  const erased = new Erased()
  const all: Work[] = []
  for (let partition = 0; partition < log.partitions; partition++) {
    const through = await log.rotate(partition)
    all.push({ partition, through })
    for await (const { bytes, sequence } of entriesOf(log, partition, through)) erased.note(partition, bytes, sequence)
  }
  const works: Work[] = []
  for (const work of erased.size === 0 ? [] : all) if (await isTold(log, work, erased)) works.push(work)
  const report = { visitors: erased.size, segments: 0 }
  if (works.length > 0) await freshImages(source, works)
  for (const { partition, through } of works) {
    signal.throwIfAborted()
    const note = new TextEncoder().encode(JSON.stringify({ through }))
    await store.put(COMPACTED + partition, note, null)
  }
  // An erasure in one log is for all of them, so it stays until the last of them is done.
  for (const left of log.partitions > 1 ? (['erasures', 'nothing'] as const) : (['nothing'] as const)) {
    for (const { partition, through } of works) {
      report.segments += await log.rewrite(partition, through, (bytes, sequence) => {
        signal.throwIfAborted()
        return erased.strip(partition, { bytes, sequence }, left)
      })
    }
  }
  await source.rewriteValues()
  return report
}

/** Whether a log tells of anybody who was erased: its own visitors, or those of other partitions. */
const isTold = async (log: EventLog, { partition, through }: Work, erased: Erased): Promise<boolean> => {
  if (erased.isIn(partition)) return true
  for await (const { bytes, sequence } of entriesOf(log, partition, through)) {
    if (erased.strip(partition, { bytes, sequence }, 'nothing') !== bytes) return true
  }
  return false
}

async function* entriesOf(log: EventLog, partition: number, through: number): AsyncGenerator<Entry> {
  const { first } = await log.bounds(partition)
  if (through < first) return
  const stop = new AbortController()
  try {
    for await (const entries of log.read(partition, first, stop.signal)) {
      for (const entry of entries) if (entry.sequence <= through) yield entry
      if ((entries.at(-1)?.sequence ?? 0) >= through) break
    }
  } finally {
    stop.abort()
  }
}

/** As many images as are kept, none of which knows an erased visitor. */
const freshImages = async ({ log, store, storeImages }: CompactSource, works: readonly Work[]): Promise<void> => {
  for (let image = 0; image < COMPACTED_IMAGES; image++) {
    // An image is stored only where something is new.
    for (const { partition } of works) await log.append(partition, new Uint8Array())
    await storeImages()
  }
  for (const { partition, through } of works) {
    const stale = (await store.blobs(imagesOf(partition))).some(key => sequenceOf(key) < through)
    if (stale)
      throw new Error(`partition ${partition} keeps an image of before entry ${through}: nothing was compacted`)
  }
}
