import { type EngineConfig, RecordType, RecordWriter } from '../engine/index.js'
import type { EventLog, Store } from '../ports.js'

/** What a data directory must know of itself before its log can be read or written. */
export interface Foundation {
  /** Key of all id hashes; zeros with the data clock. */
  readonly key: readonly [number, number]
}

interface Kept {
  key: [number, number]
  clock: ClockMode
  config: string | null
}

/** `wall`: events are received when they come. `data`: each event is received at its own time. */
export type ClockMode = 'wall' | 'data'

export interface FoundationOptions {
  readonly log: EventLog
  readonly store: Store
  readonly config: EngineConfig
  readonly clock: ClockMode
  /** A fresh random key; asked once in the life of a log. */
  readonly randomKey: () => [number, number]
}

/** The start is refused; the message says what is wrong and what to do. */
export class StartRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'StartRefused'
  }
}

const FOUNDATION = 'engine/foundation'
const ZEROS: [number, number] = [0, 0]
/** Of a `key` record: size, type and padding, then the two words. */
const KEY_RECORD_BYTES = 16
const KEY_OFFSET = 8

/**
 * Makes sure that every partition's log begins with the key and ends with the configuration in force. The key is
 * stored before the first partition gets it, so that a crash between two partitions, or two processes that do this at
 * the same time, can't lead to two keys; the records themselves may be there twice.
 */
export const layFoundation = async (options: FoundationOptions): Promise<Foundation> => {
  const { log, store, clock } = options
  const kept = (await readKept(store)) ?? (await claim(store, await recover(log), options))
  if (kept.clock !== clock) {
    throw new StartRefused(
      `this data directory was filled with the ${kept.clock} clock, and can't go on with the ${clock} clock: ` +
        `start with --clock ${kept.clock}, or with another --data directory`,
    )
  }
  const config = JSON.stringify(options.config)
  const changed = kept.config !== config
  for (let partition = 0; partition < log.partitions; partition++) {
    const { first, last } = await log.bounds(partition)
    const writer = new RecordWriter()
    if (last < first) writer.key(kept.key[0], kept.key[1])
    if (changed || last < first) writer.config(options.config)
    if (writer.length > 0) await log.append(partition, writer.take())
  }
  if (changed) await writeKept(store, { ...kept, config })
  return { key: kept.key }
}

/** Of several processes that begin at the same moment, all go on with what the first one chose. */
const claim = async (store: Store, found: Kept | null, { clock, randomKey }: FoundationOptions): Promise<Kept> => {
  const mine: Kept = found ?? { key: clock === 'data' ? ZEROS : randomKey(), clock, config: null }
  if ((await store.put(FOUNDATION, bytesOf(mine), 0)) !== null) return mine
  const theirs = await readKept(store)
  if (theirs === null) throw new Error('the key of the id hashes is gone from the store')
  return theirs
}

/** The configuration that every partition's log has taken meanwhile: the next start compares with it. */
export const keepConfig = async (store: Store, config: EngineConfig): Promise<void> => {
  const kept = await readKept(store)
  if (kept !== null) await writeKept(store, { ...kept, config: JSON.stringify(config) })
}

/** What the data was counted with; null where the store doesn't say. */
export const countedWith = async (store: Store): Promise<{ clock: ClockMode; config: EngineConfig } | null> => {
  const kept = await readKept(store)
  return kept === null || kept.config === null ? null : { clock: kept.clock, config: JSON.parse(kept.config) }
}

const readKept = async (store: Store): Promise<Kept | null> => {
  const found = await store.get(FOUNDATION)
  return found === null ? null : (JSON.parse(new TextDecoder().decode(found.value)) as Kept)
}

const bytesOf = (kept: Kept): Uint8Array => new TextEncoder().encode(JSON.stringify(kept))

const writeKept = async (store: Store, kept: Kept): Promise<void> => {
  await store.put(FOUNDATION, bytesOf(kept), null)
}

/** The Store is new, the log is not: the key is in the first record, as long as that is kept. */
const recover = async (log: EventLog): Promise<Kept | null> => {
  for (let partition = 0; partition < log.partitions; partition++) {
    const { first, last } = await log.bounds(partition)
    if (last < first) continue
    const key = first === 1 ? await firstKey(log, partition) : null
    if (key === null) {
      throw new StartRefused(
        `the log of partition ${partition} starts at entry ${first} and the key of its id hashes is not in the ` +
          'store: restore the store from a backup, or start with another --data directory',
      )
    }
    return { key, clock: key[0] === 0 && key[1] === 0 ? 'data' : 'wall', config: null }
  }
  return null
}

const firstKey = async (log: EventLog, partition: number): Promise<[number, number] | null> => {
  const stop = new AbortController()
  try {
    for await (const entries of log.read(partition, 1, stop.signal)) {
      const bytes = entries[0]?.bytes
      if (bytes === undefined || bytes.length < KEY_RECORD_BYTES || bytes[4] !== RecordType.key) return null
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      return [view.getUint32(KEY_OFFSET, true), view.getUint32(KEY_OFFSET + 4, true)]
    }
    return null
  } finally {
    stop.abort()
  }
}
