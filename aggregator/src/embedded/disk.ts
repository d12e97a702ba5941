import { constants, writeSync } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, unlink } from 'node:fs/promises'

/** One open file. Positions and sizes in bytes. */
export interface DiskFile {
  /** Writes as much as the disk takes, which may be less than given; resolves with how much. */
  write(bytes: Uint8Array, position: number): Promise<number>
  /** The same at once: for a few bytes into a page that is in memory. Throws. */
  writeNow(bytes: Uint8Array, position: number): number
  /** Reads up to the length of `into`; resolves with how much, 0 at the end. */
  read(into: Uint8Array, position: number): Promise<number>
  /** Resolves once everything written is durable. */
  sync(): Promise<void>
  truncate(sizeBytes: number): Promise<void>
  sizeBytes(): Promise<number>
  close(): Promise<void>
}

/** What the log needs of a file system. Decorated in tests with faults. */
export interface Disk {
  /** `create`: makes an empty file, or empties the one that is there. Else it must be there. */
  open(path: string, mode: 'create' | 'write' | 'read'): Promise<DiskFile>
  /** Names in a folder, sorted. */
  list(folder: string): Promise<string[]>
  makeFolder(folder: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  /** Makes what was created, renamed or removed in a folder durable. */
  syncFolder(folder: string): Promise<void>
}

const FLAGS = {
  create: constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC,
  write: constants.O_RDWR,
  read: constants.O_RDONLY,
} as const

class NodeFile implements DiskFile {
  readonly #handle: FileHandle
  constructor(handle: FileHandle) {
    this.#handle = handle
  }
  async write(bytes: Uint8Array, position: number): Promise<number> {
    return (await this.#handle.write(bytes, 0, bytes.length, position)).bytesWritten
  }
  writeNow(bytes: Uint8Array, position: number): number {
    return writeSync(this.#handle.fd, bytes, 0, bytes.length, position)
  }
  async read(into: Uint8Array, position: number): Promise<number> {
    return (await this.#handle.read(into, 0, into.length, position)).bytesRead
  }
  sync(): Promise<void> {
    return this.#handle.datasync()
  }
  truncate(sizeBytes: number): Promise<void> {
    return this.#handle.truncate(sizeBytes)
  }
  async sizeBytes(): Promise<number> {
    return (await this.#handle.stat()).size
  }
  close(): Promise<void> {
    return this.#handle.close()
  }
}

export const nodeDisk: Disk = {
  open: async (path, mode) => new NodeFile(await open(path, FLAGS[mode], 0o600)),
  list: async folder => (await readdir(folder)).sort(),
  makeFolder: async folder => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  },
  rename,
  remove: unlink,
  syncFolder: async folder => {
    const handle = await open(folder, constants.O_RDONLY)
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
}

/** Writes all of it, however little the disk takes at a time. */
export const writeAll = async (file: DiskFile, bytes: Uint8Array, position: number): Promise<void> => {
  let done = 0
  while (done < bytes.length) {
    const written = await file.write(bytes.subarray(done), position + done)
    if (written <= 0) throw new Error(`the disk took ${done} of ${bytes.length} bytes`)
    done += written
  }
}

/** Reads until `into` is full or the file ends; resolves with the part that was filled. */
export const readFully = async (file: DiskFile, into: Buffer, position: number): Promise<Buffer> => {
  let done = 0
  while (done < into.length) {
    const read = await file.read(into.subarray(done), position + done)
    if (read === 0) break
    done += read
  }
  return into.subarray(0, done)
}
