import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteReader, ByteWriter } from './bytes.js'
import { VOICE_MEMORY_MS, VOICES } from './limits.js'
import { newestSpoken, readVoices, type Spoken, textOf, Voices, voiceOf, writeVoices } from './voices.js'

const CLOCK = 1_700_000_000_000
const scored = fc.constantFrom({ scale: -1, level: -1 }, { scale: 0, level: 1 }, { scale: 5, level: 1 })
const said = fc.record({
  hi: fc.integer({ min: -2, max: 2 }),
  lo: fc.integer({ min: -2, max: 2 }),
  at: fc.integer({ min: CLOCK - VOICE_MEMORY_MS - 5, max: CLOCK }).map(at => at - (at % 7)),
  text: fc.string({ unit: 'grapheme', maxLength: 6 }),
})
const spoken: fc.Arbitrary<Spoken> = fc.tuple(said, scored).map(([what, how]) => ({ ...what, ...how }))
const heard = (list: readonly Spoken[]): Voices => {
  const voices = new Voices()
  for (const one of list) voices.add(3, one, CLOCK)
  return voices
}

describe('comments', () => {
  it('N23: are the newest ones, whatever the order in which they came and wherever they were heard', () => {
    fc.assert(
      fc.property(fc.array(spoken, { maxLength: 60, size: 'max' }), fc.nat(60), (list, split) => {
        const all = heard(list).at(3)
        expect(all).toEqual(newestSpoken([list], CLOCK))
        expect(heard([...list].reverse()).at(3)).toEqual(all)
        const apart = [heard(list.slice(0, split)).at(3), heard(list.slice(split)).at(3)]
        expect(newestSpoken(apart, CLOCK)).toEqual(all)
        expect(all.length).toBeLessThanOrEqual(VOICES)
        for (const { at } of all) expect(at).toBeGreaterThan(CLOCK - VOICE_MEMORY_MS)
      }),
    )
  })

  it('survive being written', () => {
    fc.assert(
      fc.property(fc.array(spoken, { maxLength: VOICES }), list => {
        const out = new ByteWriter(16)
        writeVoices(out, list)
        expect(readVoices(new ByteReader(out.take()))).toEqual(list)
      }),
    )
  })

  it('go with their visitor, and nobody else’s do', () => {
    fc.assert(
      fc.property(fc.array(spoken, { maxLength: 20 }), list => {
        const voices = heard(list)
        const before = voices.at(3)
        const told: number[] = []
        voices.erase(1, 1, place => told.push(place))
        expect(voices.at(3)).toEqual(before.filter(({ hi, lo }) => hi !== 1 || lo !== 1))
        expect(told.length).toBe(voices.at(3).length < before.length ? 1 : 0)
      }),
    )
  })

  it('are found in what an event has beside its kind, whatever that is', () => {
    expect(textOf('{"comment":"slow"}')).toBe('slow')
    expect(textOf('{"ask":"why","text":"dear"}')).toBe('dear')
    for (const other of ['', 'rage', '{', '{"ask":"why","option":1}', '{"comment":7}', '[]', '{}']) {
      expect(textOf(other)).toBe('')
    }
  })

  it('bear the score that came with them', () => {
    const at = { hi: 0, lo: 0, at: CLOCK, text: 'so' }
    expect(voiceOf({ ...at, scale: 2, level: 0 })).toEqual({ at: CLOCK, scale: 'csat', score: 1, text: 'so' })
    expect(voiceOf({ ...at, scale: 5, level: 8 })).toMatchObject({ scale: 'emotion', score: 'angry' })
    expect(voiceOf({ ...at, scale: -1, level: -1 })).toMatchObject({ scale: null, score: null })
  })
})
