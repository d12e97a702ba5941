import { expect, it } from 'vitest'
import { ByteReader, ByteWriter } from './bytes.js'
import { readCrowds, type SectionSink, writeCrowds } from './sections.js'
import { Audience, State } from './state.js'

const COUNT_BYTES = 4

/** What is told of answers. */
const answersIn = (bytes: Uint8Array, format: number): unknown[] => {
  const told: unknown[] = []
  const nothing = (): void => {}
  const sink: SectionSink = {
    ...{
      page: nothing,
      span: nothing,
      pageEnd: nothing,
      seen: nothing,
      backed: nothing,
      rank: nothing,
      spoken: nothing,
    },
    answered: (...one) => told.push(one),
  }
  const input = new ByteReader(bytes)
  readCrowds(input, sink, format)
  expect(input.at).toBe(input.end)
  return told
}

it('who answered is told with who was seen, and sections of before that was told are read as they are', () => {
  const state = new State()
  state.seen(Audience.answerers, 0, 3, 4, 7)
  const out = new ByteWriter()
  writeCrowds(out, state, 0)
  const before = out.take().slice(0, -COUNT_BYTES)
  for (const format of [3, 4]) expect(answersIn(before, format)).toEqual([])
  for (const value of [2, 14, 14]) state.answered(0, -3, 4, 7, value)
  writeCrowds(out, state, 0)
  expect(answersIn(out.take(), 5)).toEqual([
    [0, -3, 4, 7, 2, 1],
    [0, -3, 4, 7, 14, 2],
  ])
})
