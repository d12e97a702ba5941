import { decode, type PulseFrame, type PulseRow } from '@pulssi/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { prepare } from './prepared.js'
import { changesOf } from './row.js'
import { type Cell, Shape, type Subscriber } from './shape.js'

const MOMENT = { clock: 1, ageMs: 2, stale: [] }
const row = (touchpoint: string, entered: number, signals: (string | number)[] = []): PulseRow => {
  const numbers = new Array(41).fill(0)
  numbers[0] = touchpoint
  numbers[4] = entered
  numbers[27] = []
  numbers[34] = signals
  return numbers as unknown as PulseRow
}
const cell = (touchpoint: string, entered: number): Cell => ({
  touchpoint,
  window: '1m',
  version: 0,
  row: row(touchpoint, entered),
})

/** Reads frames as a client would: header off, decoded, applied. */
class Screen implements Subscriber {
  readonly id: number
  congested = false
  readonly frames: PulseFrame[] = []
  rows: unknown[][] = []
  #version = 0

  constructor(id: number) {
    this.id = id
  }

  send(prepared: Uint8Array): void {
    const length = prepared[1] as number
    const frame = decode(prepared.subarray(length < 126 ? 2 : length === 126 ? 4 : 10)) as PulseFrame
    expect(frame[1]).toBe(this.id)
    if (frame[3] === null) this.rows = (frame[7] as PulseRow[]).map(each => [...each])
    else {
      expect(frame[3]).toBe(this.#version)
      for (const [index, change] of frame[7] as [number, unknown[]][]) {
        if (typeof change[0] === 'string') this.rows[index] = [...change]
        else
          for (let i = 0; i < change.length; i += 2)
            (this.rows[index] as unknown[])[change[i] as number] = change[i + 1]
      }
    }
    this.#version = frame[2]
    this.frames.push(frame)
  }
}

test('whoever is slow, and whenever: everyone who can be sent to has the newest rows', () => {
  const act = fc.record({
    add: fc.boolean(),
    set: fc.array(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 3 }), fc.boolean()), { maxLength: 4 }),
    slow: fc.nat({ max: 2 }),
    free: fc.nat({ max: 2 }),
  })
  fc.assert(
    fc.property(fc.array(act, { minLength: 1, maxLength: 30 }), acts => {
      const shape = new Shape(['*'], ['1m'], () => true)
      const screens = [new Screen(0), new Screen(300), new Screen(2 ** 31 - 1)]
      for (const screen of screens) shape.add(screen)
      for (const { add, set, slow, free } of acts) {
        ;(screens[slow] as Screen).congested = true
        ;(screens[free] as Screen).congested = false
        const changed = set
          .filter(([index]) => index < shape.cells.length)
          .map(([index, entered, rage]) => {
            const { touchpoint } = shape.cells[index] as Cell
            return { index, row: row(touchpoint, entered, rage ? ['rage', entered] : []) }
          })
        shape.update(changed, add ? [cell(`t${shape.cells.length}`, 1)] : [], MOMENT)
        shape.deliver()
        const newest = shape.cells.map(each => each.row)
        for (const screen of screens) if (!screen.congested) expect(screen.rows).toEqual(newest)
      }
    }),
  )
})

test('nothing is sent where nothing changed, and a change names the fields that differ alone', () => {
  const shape = new Shape(['*'], ['1m'], () => true)
  const screen = new Screen(1)
  shape.add(screen)
  shape.update([], [cell('cart', 1)], MOMENT)
  shape.deliver()
  shape.update([{ index: 0, row: row('cart', 1) }], [], { ...MOMENT, clock: 2 })
  shape.deliver()
  shape.update([{ index: 0, row: row('cart', 2) }], [], { ...MOMENT, clock: 3 })
  shape.deliver()
  expect(screen.frames.map(frame => frame.slice(2))).toEqual([
    [1, null, 1, 2, [], [row('cart', 1)]],
    [2, 1, 3, 2, [], [[0, [4, 2]]]],
  ])
})

test('a partition that falls behind is told though no figure changed', () => {
  const shape = new Shape(['*'], ['1m'], () => true)
  const screen = new Screen(1)
  shape.add(screen)
  shape.update([], [], MOMENT)
  shape.deliver()
  shape.update([], [], { ...MOMENT, stale: [3] })
  shape.deliver()
  expect(screen.frames.map(frame => frame[6])).toEqual([[], [3]])
})

test('lists in a row are compared by what they hold', () => {
  expect(changesOf(row('a', 1, ['rage', 1]), row('a', 1, ['rage', 1]))).toEqual([])
  expect(changesOf(row('a', 1, ['rage', 1]), row('a', 1, ['rage', 2]))).toEqual([34, ['rage', 2]])
})

test('the header of a prepared frame says its length in the form that RFC 6455 asks for', () => {
  expect([...prepare(new Uint8Array(125)).subarray(0, 2)]).toEqual([0x82, 125])
  expect([...prepare(new Uint8Array(126)).subarray(0, 4)]).toEqual([0x82, 126, 0, 126])
  expect([...prepare(new Uint8Array(65_535)).subarray(0, 4)]).toEqual([0x82, 126, 255, 255])
  expect([...prepare(new Uint8Array(65_536)).subarray(0, 10)]).toEqual([0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0])
})
