import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ByteReader, ByteWriter } from './bytes.js'
import { AskCell, CELL_KEYS, Cell } from './limits.js'
import { Kept, Tally, writeSlice } from './tally.js'

const NAMES = Array.from({ length: 64 }, (_, i) => `s${(i * 37) % 64}`)

const slice = fc
  .uniqueArray(
    fc.tuple(
      fc.oneof(fc.nat(Cell.dwell), fc.integer({ min: Cell.dwell, max: CELL_KEYS - 1 })),
      fc.integer({ min: -2, max: 2 ** 31 - 1 }),
    ),
    { selector: ([key]) => key, maxLength: 80 },
  )
  .map(cells => cells.sort(([a], [b]) => a - b))

const bytesOf = (tally: Tally): Uint8Array => {
  const out = new ByteWriter()
  tally.write(out)
  return out.take()
}

it('a slice is written as a tally that holds it alone, and read back as it was', () => {
  fc.assert(
    fc.property(slice, fc.nat(5), (cells, before) => {
      const keys = Uint16Array.from([...Array(before).fill(1), ...cells.map(([key]) => key)])
      const counts = Int32Array.from([...Array(before).fill(9), ...cells.map(([, n]) => n)])
      const tally = new Tally()
      tally.addSpan(keys, counts, before, cells.length, NAMES)
      const out = new ByteWriter()
      const isWritten = writeSlice(out, keys, counts, before, cells.length, NAMES)
      const written = out.take()
      if (!isWritten) {
        expect([written.length, tally.isEmpty]).toEqual([0, true])
        return
      }
      const back = new Tally()
      back.read(new ByteReader(written))
      expect(bytesOf(back)).toEqual(bytesOf(tally))
      // Recoveries that add up to nothing are the one cell that only a tally leaves out.
      const recovered = cells.filter(([key]) => key >= Cell.recovered && key < Cell.answer)
      if (recovered.reduce((sum, [, n]) => sum + n, 0) !== 0) expect(written).toEqual(bytesOf(tally))
    }),
  )
})

it('the numbers of stored cells are those of the files that are there already', () => {
  expect(Kept).toEqual({ recovered: 15, answer: 16, asks: 112, dwell: 128 })
  const keys = Uint16Array.of(
    Cell.entered,
    Cell.troubled,
    Cell.recovered + 1,
    Cell.answer,
    Cell.asks + AskCell.saved,
    Cell.signal,
    Cell.dwell + 3,
  )
  const tally = new Tally()
  tally.addSpan(keys, Int32Array.of(1, 2, 3, 4, 7, 5, 6), 0, keys.length, ['rage'])
  const cells = [0, 2, 7, 4, 15, 6, 16, 8, 117, 14, 131, 1, 12]
  const signals = [1, 4, 0, 0, 0, ...Array.from('rage', char => char.charCodeAt(0)), 10]
  expect([...bytesOf(tally)]).toEqual([6, ...cells, ...signals])
})
