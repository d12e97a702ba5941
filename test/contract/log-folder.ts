import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SegmentLog } from '../../aggregator/src/embedded/index.js'
import { readSome, untext } from './event-log.js'
import { FaultyDisk } from './faulty-disk.js'

type Files = readonly (readonly [string, Buffer])[]

/** A log of one partition on a disk that can be told to fail, and its files as a crash or a damage leaves them. */
export class LogFolder {
  readonly folder = mkdtempSync(join(tmpdir(), 'pulssi-faults-'))
  readonly disk = new FaultyDisk()
  readonly #opened: SegmentLog[] = []

  async open(segmentBytes = 1024 * 1024, warn: (sentence: string) => void = () => {}): Promise<SegmentLog> {
    const limits = { segmentBytes, queueBytes: 64 * 1024 }
    const log = await SegmentLog.open({ folder: this.folder, partitions: 1, disk: this.disk, limits, warn })
    this.#opened.push(log)
    return log
  }

  /** Oldest first. */
  get segments(): string[] {
    const folder = join(this.folder, 'p0')
    const names = readdirSync(folder).filter(name => name.endsWith('.seg'))
    return names.sort().map(name => join(folder, name))
  }

  get newest(): string {
    return this.segments.at(-1) ?? ''
  }

  get mark(): string {
    return join(this.folder, 'p0', 'durable')
  }

  /** The partition's files as they are now; the mark is the last one. */
  files(): Promise<Files> {
    return Promise.all([...this.segments, this.mark].map(async path => [path, await readFile(path)] as const))
  }

  async putBack(files: Files): Promise<void> {
    for (const [path, bytes] of files) await writeFile(path, bytes)
  }

  /** Leaves what a killed process leaves: the files as they are, without the closing mark. */
  async kill(): Promise<Files> {
    const files = await this.files()
    await this.close()
    await this.putBack(files)
    return files
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#opened.splice(0).map(log => log.close()))
  }

  async dispose(): Promise<void> {
    this.disk.failing.clear()
    this.disk.release()
    await this.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export const contentsOf = async (log: SegmentLog): Promise<string[]> => {
  const { first, last } = await log.bounds(0)
  return (await readSome(log, 0, first, last - first + 1)).map(({ bytes }) => untext(bytes))
}

export const flip = async (path: string, at: number): Promise<void> => {
  const bytes = await readFile(path)
  bytes[at] = (bytes[at] ?? 0) ^ 0x10
  await writeFile(path, bytes)
}
