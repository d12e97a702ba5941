/** Backups, and what the ports tell. */
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { backup } from '../../aggregator/src/ops/backup.js'
import { Gate } from '../../aggregator/src/ops/index.js'
import type { EventLog, Store } from '../../aggregator/src/ports.js'

export interface Kept {
  readonly log: EventLog
  readonly store: Store
}

export interface Contents {
  readonly values: [key: string, hex: string][]
  readonly blobs: [key: string, hex: string][]
  readonly logs: [sequence: number, hex: string][][]
}

export const text = (value: string): Uint8Array => new TextEncoder().encode(value)

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** Everything, as text. */
export const contentsOf = async ({ log, store }: Kept): Promise<Contents> => {
  const values: [string, string][] = []
  for (const key of await store.keys('')) values.push([key, hexOf((await store.get(key))?.value ?? new Uint8Array())])
  const blobs: [string, string][] = []
  for (const key of await store.blobs('')) {
    const chunks: Uint8Array[] = []
    for await (const chunk of (await store.getBlob(key)) ?? []) chunks.push(chunk)
    blobs.push([key, hexOf(Buffer.concat(chunks))])
  }
  const logs: [number, string][][] = []
  for (let partition = 0; partition < log.partitions; partition++) {
    const { first, last } = await log.bounds(partition)
    const entries: [number, string][] = [[first - 1, 'begins behind']]
    const stop = new AbortController()
    for await (const batch of last < first ? [] : log.read(partition, first, stop.signal)) {
      for (const { sequence, bytes } of batch) entries.push([sequence, hexOf(bytes)])
      if (entries.length === last - first + 2) break
    }
    stop.abort()
    logs.push(entries)
  }
  return { values, blobs, logs }
}

/** Writes a backup to a file. */
export const archiveOf = async ({ log, store }: Kept, file: string): Promise<string> => {
  const source = { log, store, gate: new Gate(), key: [1, 2] as const, now: () => 1e12 }
  await pipeline(backup(source), createWriteStream(file))
  return file
}
