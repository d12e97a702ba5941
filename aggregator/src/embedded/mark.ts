import { crc32 } from 'node:zlib'
import { type Disk, type DiskFile, readFully } from './disk.js'

/**
 * A small file that says up to where another one was durable, so that an end which is missing can be told from one
 * that was never finished:
 *
 *     file = slot slot
 *     slot = "PULSMRK1" id:byte×8 owner:u32 crc:u32 generation:f64 sequence:f64
 *
 * The slots are written in turn and lie in different sectors: a write that is torn leaves the one before it. The one
 * with the greater generation counts. `owner`: the partition.
 */
const MAGIC = Buffer.from('PULSMRK1', 'latin1')
const SLOT_BYTES = 48
const SLOT_EVERY_BYTES = 512
const SLOTS = 2
const OWNER_AT = 16
const CRC_AT = 20
const GENERATION_AT = 24
const SEQUENCE_AT = 32

/** Whose mark it is: one of another log or another partition says nothing here. */
export interface MarkOwner {
  /** 16 hexadecimal digits. */
  readonly id: string
  readonly partition: number
}

const sumOf = (slot: Buffer): number => crc32(slot.subarray(GENERATION_AT, SLOT_BYTES), crc32(slot.subarray(0, CRC_AT)))

const encodeSlot = ({ id, partition }: MarkOwner, generation: number, sequence: number): Buffer => {
  const slot = Buffer.alloc(SLOT_BYTES)
  MAGIC.copy(slot)
  slot.write(id, MAGIC.length, 'hex')
  slot.writeUInt32LE(partition, OWNER_AT)
  slot.writeDoubleLE(generation, GENERATION_AT)
  slot.writeDoubleLE(sequence, SEQUENCE_AT)
  slot.writeUInt32LE(sumOf(slot), CRC_AT)
  return slot
}

interface Slot {
  readonly generation: number
  readonly sequence: number
}

const decodeSlot = (slot: Buffer, { id, partition }: MarkOwner): Slot | null => {
  if (slot.length < SLOT_BYTES || !slot.subarray(0, MAGIC.length).equals(MAGIC)) return null
  if (slot.readUInt32LE(CRC_AT) !== sumOf(slot)) return null
  if (slot.toString('hex', MAGIC.length, OWNER_AT) !== id || slot.readUInt32LE(OWNER_AT) !== partition) return null
  return { generation: slot.readDoubleLE(GENERATION_AT), sequence: slot.readDoubleLE(SEQUENCE_AT) }
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

const openFile = (disk: Disk, path: string): Promise<DiskFile> =>
  disk.open(path, 'write').catch((error: unknown) => {
    if (!isMissing(error)) throw error
    return disk.open(path, 'create')
  })

/** The open mark of one partition. */
export class Mark {
  readonly #disk: Disk
  readonly #path: string
  readonly #owner: MarkOwner
  #file: DiskFile
  #generation: number

  private constructor(disk: Disk, path: string, owner: MarkOwner, file: DiskFile, generation: number) {
    this.#disk = disk
    this.#path = path
    this.#file = file
    this.#owner = owner
    this.#generation = generation
  }

  /** `sequence`: what was durable, null where no slot of this owner can be read. */
  static async open(disk: Disk, path: string, owner: MarkOwner): Promise<{ mark: Mark; sequence: number | null }> {
    const file = await openFile(disk, path)
    try {
      const bytes = await readFully(file, Buffer.alloc(SLOTS * SLOT_EVERY_BYTES), 0)
      let newest: Slot | null = null
      for (let i = 0; i < SLOTS; i++) {
        const at = i * SLOT_EVERY_BYTES
        const slot = decodeSlot(bytes.subarray(at, at + SLOT_BYTES), owner)
        if (slot !== null && slot.generation > (newest?.generation ?? -1)) newest = slot
      }
      return { mark: new Mark(disk, path, owner, file, newest?.generation ?? 0), sequence: newest?.sequence ?? null }
    } catch (error) {
      await file.close().catch(() => undefined)
      throw error
    }
  }

  /** With a file opened anew, after one on which a write or a sync failed. */
  async reopen(): Promise<void> {
    const file = await openFile(this.#disk, this.#path)
    await this.#file.close().catch(() => undefined)
    this.#file = file
  }

  /** Survives the end of the process at once, a power cut after a `sync`. Throws where the disk refuses. */
  write(sequence: number): void {
    this.#generation++
    const slot = encodeSlot(this.#owner, this.#generation, sequence)
    const at = (this.#generation % SLOTS) * SLOT_EVERY_BYTES
    for (let done = 0; done < SLOT_BYTES; ) {
      const written = this.#file.writeNow(slot.subarray(done), at + done)
      if (written <= 0) throw new Error(`the disk took ${done} of ${SLOT_BYTES} bytes of ${this.#path}`)
      done += written
    }
  }

  sync(): Promise<void> {
    return this.#file.sync()
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
