import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DamagedBlob } from '../ports.js'
import { BlobFolder } from './blobs.js'
import { DamagedFolder, damageText } from './damage.js'
import { type Disk, nodeDisk, readFully } from './disk.js'
import { decodeRecord, HEADER_BYTES, laterCommit } from './format.js'
import { listSegments, type Segment } from './segments.js'
import { isMissing, readStoreId } from './values-file.js'

/** Nothing is tidied up: what looks unfinished may be just being written. */
const untouched: Disk = { ...nodeDisk, remove: async () => {}, makeFolder: async () => {} }

/** A sentence where not every entry up to `next` can be read; null where all can, or the segment was trimmed away. */
const inspectSegment = async (segment: Segment, partition: number, next: number): Promise<string | null> => {
  const file = await untouched.open(segment.path, 'read')
  try {
    const bytes = await readFully(file, Buffer.allocUnsafeSlow(await file.sizeBytes()), 0)
    let sequence = segment.first
    let at = HEADER_BYTES
    for (;;) {
      const found = decodeRecord(bytes, at)
      if (found.is !== 'entry' && found.is !== 'closed') break
      if (found.sequence !== sequence) break
      if (found.is === 'entry') sequence++
      at = found.end
    }
    if (sequence === next) return null
    return damageText(segment.path, partition, at, sequence, laterCommit(bytes, at + 1, sequence) ?? next)
  } finally {
    await file.close()
  }
}

const sentenceOf = (error: unknown): string | null => {
  if (error instanceof DamagedFolder || error instanceof DamagedBlob) return error.message
  if (isMissing(error)) return null
  throw error
}

const inspectPartition = async (folder: string, partition: number, partitions: number): Promise<string[]> => {
  const found: string[] = []
  try {
    const listed = await listSegments({ disk: untouched, folder: join(folder, `p${partition}`), partition, partitions })
    for (const [i, { segment }] of listed.entries()) {
      const next = listed[i + 1]?.segment.first
      const sentence = next === undefined ? null : await inspectSegment(segment, partition, next).catch(sentenceOf)
      if (sentence !== null) found.push(sentence)
    }
  } catch (error) {
    const sentence = sentenceOf(error)
    if (sentence !== null) found.push(sentence)
  }
  return found
}

const inspectBlobs = async (folder: string): Promise<string[]> => {
  const found: string[] = []
  const id = await readStoreId(untouched, folder)
  if (id === null) return found
  const blobs = await BlobFolder.open(untouched, join(folder, 'blobs'), id)
  for (const key of blobs.keys('')) {
    try {
      for await (const _piece of blobs.get(key) ?? []);
    } catch (error) {
      const sentence = sentenceOf(error)
      if (sentence !== null) found.push(`${sentence}. What it held is in the log, as far back as that goes.`)
    }
  }
  return found
}

/**
 * Reads what a start needn't: the older segments and all blobs. Changes nothing, also beside a running server. Resolves
 * with a sentence for each piece that can't be read.
 */
export const inspectFolder = async (dataDir: string, partitions: number): Promise<string[]> => {
  const found: string[] = []
  const log = join(dataDir, 'log')
  for (let partition = 0; partition < partitions; partition++) {
    if (existsSync(join(log, `p${partition}`))) found.push(...(await inspectPartition(log, partition, partitions)))
  }
  const store = join(dataDir, 'store')
  try {
    if (existsSync(join(store, 'blobs'))) found.push(...(await inspectBlobs(store)))
  } catch (error) {
    const sentence = sentenceOf(error)
    if (sentence !== null) found.push(sentence)
  }
  return found
}
