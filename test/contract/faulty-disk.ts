import { type Disk, type DiskFile, nodeDisk } from '../../aggregator/src/embedded/index.js'

type Fault = 'write' | 'sync' | 'truncate' | 'open' | 'rename' | 'hang'

/** A disk that does what it is told to do wrong: `failNext` for one call, `failing` for all until taken out. */
export class FaultyDisk implements Disk {
  readonly failing = new Set<Fault>()
  /** Only files whose path has this in it do wrong. */
  where = ''
  /** Most bytes that one write takes. */
  writeBytes = Number.POSITIVE_INFINITY
  readonly #inner: Disk = nodeDisk
  readonly #next: Fault[] = []
  #release: (() => void)[] = []

  failNext(fault: Fault): void {
    this.#next.push(fault)
  }

  /** Syncs that hang now. */
  get hanging(): number {
    return this.#release.length
  }

  /** Lets every call that hangs go on. */
  release(): void {
    this.failing.delete('hang')
    for (const go of this.#release.splice(0)) go()
  }

  async open(path: string, mode: 'create' | 'write' | 'read'): Promise<DiskFile> {
    if (mode !== 'read') this.#check('open', path)
    const file = await this.#inner.open(path, mode)
    return {
      write: (bytes, position) => {
        if (this.#is('write', path)) {
          // A failed write may leave part of its bytes behind.
          return file.write(bytes.subarray(0, bytes.length >> 1), position).then(() => this.#throw('write'))
        }
        return file.write(bytes.subarray(0, this.writeBytes), position)
      },
      writeNow: (bytes, position) => {
        if (this.#is('write', path)) {
          file.writeNow(bytes.subarray(0, bytes.length >> 1), position)
          this.#throw('write')
        }
        return file.writeNow(bytes.subarray(0, this.writeBytes), position)
      },
      read: (into, position) => file.read(into, position),
      sync: async () => {
        if (this.#is('hang', path)) await new Promise<void>(resolve => this.#release.push(resolve))
        this.#check('sync', path)
        await file.sync()
      },
      truncate: async sizeBytes => {
        this.#check('truncate', path)
        await file.truncate(sizeBytes)
      },
      sizeBytes: () => file.sizeBytes(),
      close: () => file.close(),
    }
  }

  list(folder: string): Promise<string[]> {
    return this.#inner.list(folder)
  }
  makeFolder(folder: string): Promise<void> {
    return this.#inner.makeFolder(folder)
  }
  async rename(from: string, to: string): Promise<void> {
    this.#check('rename', to)
    return this.#inner.rename(from, to)
  }
  remove(path: string): Promise<void> {
    return this.#inner.remove(path)
  }
  syncFolder(folder: string): Promise<void> {
    return this.#inner.syncFolder(folder)
  }

  #is(fault: Fault, path: string): boolean {
    if (!path.includes(this.where)) return false
    const at = this.#next.indexOf(fault)
    if (at >= 0) this.#next.splice(at, 1)
    return at >= 0 || this.failing.has(fault)
  }

  #check(fault: Fault, path: string): void {
    if (this.#is(fault, path)) this.#throw(fault)
  }

  #throw(fault: Fault): never {
    throw new Error(`${fault}: no space left on device`)
  }
}
