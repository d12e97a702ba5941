import { readFile, writeFile } from 'node:fs/promises'
import { type Disk, type DiskFile, nodeDisk } from '../../aggregator/src/embedded/index.js'
import type { Random } from '../sim/random.js'

const SECTOR_BYTES = 512

/** A file by its present name, and what of it has been synced. */
interface Kept {
  path: string
  durable: Buffer
}

const contentOf = (path: string): Promise<Buffer> => readFile(path).catch(() => Buffer.alloc(0))

/** What a power cut leaves of a file: each sector either as it was synced last or as it was written since. */
const torn = (durable: Buffer, written: Buffer, random: Random): Buffer => {
  const least = Math.min(durable.length, written.length)
  const most = Math.max(durable.length, written.length)
  const out = Buffer.alloc(random.pick([least, most, random.int(least, most)]))
  for (let at = 0; at < out.length; at += SECTOR_BYTES) {
    const from = random.chance(0.5) ? durable : written
    from.copy(out, at, Math.min(at, from.length), Math.min(at + SECTOR_BYTES, from.length))
  }
  return out
}

/**
 * A machine that can lose its process (`kill`: the system still has all that was written) or its power (`cut`: only what
 * was synced is sure to be there). Each life has a disk of its own; that of a life which is over does nothing any more
 * and never answers.
 */
export class Machine {
  readonly #files = new Map<string, Kept>()
  readonly #running = new Set<Promise<unknown>>()
  readonly #handles = new Set<DiskFile>()
  #life = 0

  /** The disk of the present life. */
  get disk(): Disk {
    const life = this.#life
    const alive = <T>(run: () => Promise<T>): Promise<T> => this.#alive(life, run)
    return {
      open: (path, mode) => alive(() => this.#open(path, mode, alive)),
      list: folder => alive(() => nodeDisk.list(folder)),
      makeFolder: folder => alive(() => nodeDisk.makeFolder(folder)),
      rename: (from, to) => alive(() => this.#rename(from, to)),
      remove: path =>
        alive(async () => {
          await nodeDisk.remove(path)
          this.#files.delete(path)
        }),
      syncFolder: () => alive(async () => {}),
    }
  }

  /** What the system was just doing it does to its end. */
  async kill(): Promise<void> {
    this.#life++
    await Promise.allSettled([...this.#running])
    for (const handle of this.#handles) await handle.close().catch(() => undefined)
    this.#handles.clear()
  }

  async cut(random: Random): Promise<void> {
    await this.kill()
    for (const kept of this.#files.values()) {
      const left = torn(kept.durable, await contentOf(kept.path), random)
      await writeFile(kept.path, left)
      kept.durable = left
    }
  }

  async #open(
    path: string,
    mode: 'create' | 'write' | 'read',
    alive: <T>(run: () => Promise<T>) => Promise<T>,
  ): Promise<DiskFile> {
    const known = this.#files.get(path)
    const kept = known ?? { path, durable: await contentOf(path) }
    const file = await nodeDisk.open(path, mode)
    this.#handles.add(file)
    if (known === undefined) this.#files.set(path, kept)
    return {
      write: (bytes, position) => alive(() => file.write(bytes, position)),
      writeNow: (bytes, position) => file.writeNow(bytes, position),
      read: (into, position) => alive(() => file.read(into, position)),
      sync: () =>
        alive(async () => {
          kept.durable = await contentOf(kept.path)
        }),
      truncate: sizeBytes => alive(() => file.truncate(sizeBytes)),
      sizeBytes: () => alive(() => file.sizeBytes()),
      close: () =>
        alive(async () => {
          this.#handles.delete(file)
          await file.close()
        }),
    }
  }

  async #rename(from: string, to: string): Promise<void> {
    await nodeDisk.rename(from, to)
    const kept = this.#files.get(from)
    if (kept === undefined) return
    kept.path = to
    this.#files.delete(from)
    this.#files.set(to, kept)
  }

  async #alive<T>(life: number, run: () => Promise<T>): Promise<T> {
    if (life !== this.#life) return new Promise<T>(() => {})
    const running = run()
    this.#running.add(running)
    const [result] = await Promise.allSettled([running])
    this.#running.delete(running)
    if (life !== this.#life) return new Promise<T>(() => {})
    if (result.status === 'rejected') throw result.reason
    return result.value
  }
}
