import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { CliError } from './exits.js'

/** Characters of one line, twice what the longest event has. A longer one is not kept and is rejected. */
export const LINE_CHARS = 64 * 1024
const GZIP_MAGIC = [0x1f, 0x8b] as const

/** One line that is not empty. `text` null: it is longer than LINE_CHARS. */
export interface Line {
  readonly number: number
  readonly text: string | null
}

/** The lines of a stream of UTF-8, in batches as they come; numbers count from 1, empty lines too. */
export async function* linesOf(source: AsyncIterable<Buffer | string>): AsyncGenerator<Line[]> {
  const decoder = new TextDecoder()
  let rest = ''
  let isTooLong = false
  let number = 0
  const finish = (text: string): Line[] => {
    number++
    const line = { number, text: isTooLong ? null : text }
    const isEmpty = !isTooLong && text.trim() === ''
    isTooLong = false
    return isEmpty ? [] : [line]
  }
  for await (const chunk of source) {
    const text = rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
    const lines: Line[] = []
    let from = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      if (end - from > LINE_CHARS) isTooLong = true
      lines.push(...finish(text.slice(from, end)))
      from = end + 1
    }
    rest = text.slice(from)
    if (rest.length > LINE_CHARS) {
      isTooLong = true
      rest = ''
    }
    if (lines.length > 0) yield lines
  }
  const last = rest + decoder.decode()
  if (last !== '' || isTooLong) {
    const lines = finish(last)
    if (lines.length > 0) yield lines
  }
}

/** A file as it is read: its bytes in plain, and how many bytes of the file itself have been read so far. */
export interface OpenedFile {
  readonly source: AsyncIterable<Buffer>
  readonly sizeBytes: number
  readBytes(): number
}

const startsWithGzip = async (path: string): Promise<{ isGzip: boolean; sizeBytes: number }> => {
  const handle = await open(path, 'r')
  try {
    const magic = Buffer.alloc(GZIP_MAGIC.length)
    await handle.read(magic, 0, magic.length, 0)
    const isGzip = GZIP_MAGIC.every((byte, index) => magic[index] === byte)
    return { isGzip, sizeBytes: (await handle.stat()).size }
  } finally {
    await handle.close()
  }
}

async function* told(path: string, source: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of source) yield chunk as Buffer
  } catch (error) {
    throw new CliError('failed', `${path} can't be read to its end: ${(error as Error).message}`)
  }
}

/** Opens a file to be streamed; what it is, gzip or plain, is told by its first bytes. */
export const openFile = async (path: string): Promise<OpenedFile> => {
  let found: { isGzip: boolean; sizeBytes: number }
  try {
    found = await startsWithGzip(path)
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new CliError('failed', isMissing ? `there is no file ${path}` : `${path}: ${(error as Error).message}`)
  }
  const file = createReadStream(path)
  const source = found.isGzip ? pipeline(file, createGunzip(), () => undefined) : file
  return { source: told(path, source), sizeBytes: found.sizeBytes, readBytes: () => file.bytesRead }
}
