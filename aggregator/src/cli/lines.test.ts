import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LINE_CHARS, type Line, linesOf, openFile } from './lines.js'

const collect = async (source: AsyncIterable<Buffer | string>): Promise<Line[]> => {
  const all: Line[] = []
  for await (const lines of linesOf(source)) all.push(...lines)
  return all
}
async function* pieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    yield bytes.subarray(at, at + size)
    at += size
  }
}

describe('linesOf', () => {
  test('however the bytes are cut, the lines and their numbers are those of a split', async () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 12 }).map(text => text.replaceAll('\n', ''))
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), fc.boolean(), sizes, async (lines, ends, cuts) => {
        const bytes = Buffer.from(lines.join('\n') + (ends ? '\n' : ''))
        const wanted = bytes
          .toString()
          .split('\n')
          .map((text, index) => ({ number: index + 1, text }))
          .filter(({ text }) => text.trim() !== '')
        expect(await collect(pieces(bytes, cuts))).toEqual(wanted)
      }),
    )
  })

  test('a line that is too long has no text; those after it are whole', async () => {
    const bytes = Buffer.from(`a\n${'x'.repeat(LINE_CHARS * 3)}\nb\n${'y'.repeat(LINE_CHARS + 1)}`)
    const wanted = [
      { number: 1, text: 'a' },
      { number: 2, text: null },
      { number: 3, text: 'b' },
      { number: 4, text: null },
    ]
    for (const size of [1_000, 65_536, 1_000_000]) expect(await collect(pieces(bytes, [size]))).toEqual(wanted)
  })
})

describe('openFile', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pulssi-lines-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  const written = (name: string, bytes: Buffer | string): string => {
    writeFileSync(join(folder, name), bytes)
    return join(folder, name)
  }

  test('gzip and plain are told apart by their bytes, whatever the name', async () => {
    const wanted = [{ number: 1, text: '{"a":1}' }]
    for (const path of [written('plain.gz', '{"a":1}\n'), written('packed.ndjson', gzipSync('{"a":1}\n'))]) {
      const file = await openFile(path)
      expect(await collect(file.source)).toEqual(wanted)
      expect(file.readBytes()).toBe(file.sizeBytes)
    }
    expect(await collect((await openFile(written('empty', ''))).source)).toEqual([])
  })

  test('a missing file and one that was cut off say so', async () => {
    await expect(openFile(join(folder, 'none'))).rejects.toThrow(/there is no file .*none/)
    const packed = gzipSync(Buffer.alloc(100_000, 'ab\n'))
    const cut = await openFile(written('cut.gz', packed.subarray(0, packed.length - 20)))
    await expect(collect(cut.source)).rejects.toThrow(/cut\.gz can't be read to its end/)
  })
})
