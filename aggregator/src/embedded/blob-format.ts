import { crc32 } from 'node:zlib'

/**
 * A blob's file, little-endian:
 *
 *     file   = header content footer
 *     header = "PULSBLOB" id:byte×8 key:u32 crc:u32
 *     footer = "PULSBEND" length:f64 crc:u32 pad:u32
 *
 * `id`: of the log that it belongs to. `key`: the crc of its key, so that a file under another's name is noticed. The
 * header's crc is over all before it, the footer's over the header, the content and its own length.
 */
export const BLOB_HEADER_BYTES = 24
export const BLOB_FOOTER_BYTES = 24

const MAGIC = Buffer.from('PULSBLOB', 'latin1')
const END_MAGIC = Buffer.from('PULSBEND', 'latin1')
const ID_AT = 8
const KEY_AT = 16
const CRC_AT = 20
const LENGTH_AT = 8
const SUM_AT = 16

export const encodeBlobHeader = (id: string, key: string): Buffer => {
  const bytes = Buffer.alloc(BLOB_HEADER_BYTES)
  MAGIC.copy(bytes)
  bytes.write(id, ID_AT, 'hex')
  bytes.writeUInt32LE(crc32(key), KEY_AT)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, CRC_AT)), CRC_AT)
  return bytes
}

/** The checksum of a blob while its bytes go by. An empty array may have no memory behind it, so it is left out. */
export class BlobSum {
  #sum: number
  #lengthBytes = 0
  constructor(header: Buffer) {
    this.#sum = crc32(header)
  }
  add(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#sum = crc32(bytes, this.#sum)
    this.#lengthBytes += bytes.length
  }
  footer(): Buffer {
    const bytes = Buffer.alloc(BLOB_FOOTER_BYTES)
    END_MAGIC.copy(bytes)
    bytes.writeDoubleLE(this.#lengthBytes, LENGTH_AT)
    bytes.writeUInt32LE(crc32(bytes.subarray(LENGTH_AT, SUM_AT), this.#sum), SUM_AT)
    return bytes
  }
}
