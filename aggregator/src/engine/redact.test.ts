import { Kind } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IdHash } from './hash.js'
import { personIn } from './kin.js'
import type { Letter } from './outbox.js'
import { RecordWriter } from './record.js'
import { type Erasures, withoutErased } from './redact.js'
import { eventsOf } from './subject.js'

type Words = readonly [hi: number, lo: number]

const START = 1_700_000_000_000
const hash = new IdHash([1, 2])
const idOf = (name: string): Words => {
  const { hi, lo } = hash.of(name)
  return [hi, lo]
}
const same = ([hi, lo]: Words, other: Words): boolean => hi >>> 0 === other[0] && lo >>> 0 === other[1]
const digitsOf = (id: Words): string => id.map(word => word.toString(16).padStart(8, '0')).join('')
const ever = (...names: string[]): Erasures => ({
  later: () => false,
  ever: (hi, lo) => names.some(name => same([hi, lo], idOf(name))),
  left: 'nothing',
})
const NOBODY = ever()

/** Every form in which an entry could still name somebody. */
const names = (entry: Uint8Array, name: string): boolean => {
  const words = Buffer.alloc(8)
  const [hi, lo] = idOf(name)
  words.writeUInt32LE(hi, 0)
  words.writeUInt32LE(lo, 4)
  const bytes = Buffer.from(entry)
  return bytes.includes(words) || bytes.includes(digitsOf([hi, lo]))
}

const out = new RecordWriter()
const NAMES = ['anna', 'bo', 'cy', 'dee'] as const
const name = fc.constantFrom(...NAMES)

/** A visitor's events, each after a place and a comment of any length, so that digits stand anywhere. */
const link = (visitor: string, customers: readonly string[], before: string): void => {
  const [visitorHi, visitorLo] = idOf(visitor)
  const ids = { visitorHi, visitorLo, streamHi: 7, streamLo: 7, hasStream: false, seq: 0 }
  out.begin({ receivedAt: START, base: START, dataClock: false, page: false, bot: false, ...ids })
  const place = out.place('a.b', 'web', ['variant', before])
  out.event(Kind.feedback, place, START, 2, 3, JSON.stringify({ comment: `{"person":"${before}` }))
  for (const customer of customers) {
    out.event(Kind.link, place, START, 0, 0, JSON.stringify({ person: digitsOf(idOf(customer)), code: before }))
  }
  out.end()
}
const letter = (visitor: string, person: string): Letter => ({
  number: 1,
  at: START,
  visitor: idOf(visitor),
  person: idOf(person),
  told: { op: 'touch' },
})
const reply = (visitor: string): void =>
  out.reply({ at: START, visitor: idOf(visitor), id: 'r', touchpoint: 'a', text: 'sorry', validMs: 1 })

describe('an entry without the erased', () => {
  it('names nobody who was erased elsewhere in what is told of others, and keeps all else', () => {
    const told = fc.record({ what: fc.constant('told' as const), visitor: name, person: name })
    const replied = fc.record({ what: fc.constant('reply' as const), visitor: name })
    const linked = fc.record({
      what: fc.constant('link' as const),
      visitor: fc.constant('others'),
      customers: fc.array(name, { maxLength: 4 }),
      before: fc.string({ maxLength: 30 }),
    })
    const write = (record: typeof told | typeof replied | typeof linked extends fc.Arbitrary<infer T> ? T : never) => {
      if (record.what === 'told') out.told(0, letter(record.visitor, record.person))
      else if (record.what === 'reply') reply(record.visitor)
      else link(record.visitor, record.customers, record.before)
      return out.take()
    }
    fc.assert(
      fc.property(fc.array(fc.oneof(told, replied, linked)), fc.subarray([...NAMES]), (steps, erased) => {
        const pieces = steps.map(write)
        const entry = Buffer.concat(pieces)
        const left = withoutErased(entry, ever(...erased))
        for (const one of erased) expect(names(left, one)).toBe(false)
        for (const one of NAMES) {
          if (!erased.includes(one) && !erased.length) expect(names(left, one)).toBe(names(entry, one))
        }
        const isKept = (step: (typeof steps)[number]): boolean =>
          step.what === 'link' ||
          !([step.visitor, ...(step.what === 'told' ? [step.person] : [])] as string[]).some(one =>
            (erased as string[]).includes(one),
          )
        const kept = pieces.filter((_, i) => isKept(steps[i] as (typeof steps)[number]))
        expect(left.length).toBe(Buffer.concat(kept).length)
        const links = [...eventsOf(left, ...idOf('others'))].filter(({ kind }) => kind === Kind.link)
        const customers = steps.flatMap(step => (step.what === 'link' ? step.customers : []))
        expect(links.map(({ detail }) => personIn(detail))).toEqual(
          customers.map(one => ((erased as string[]).includes(one) ? null : idOf(one).map(word => word | 0))),
        )
      }),
    )
  })

  it('is the very same where nobody in it was erased', () => {
    link('anna', ['bo', 'cy'], 'x')
    out.told(1, letter('anna', 'bo'))
    reply('anna')
    const entry = out.take()
    expect(withoutErased(entry, NOBODY)).toBe(entry)
  })

  it('keeps the digits of links in their places, for whoever reads the rest', () => {
    link('anna', ['bo', 'cy'], 'x')
    const entry = out.take()
    const left = withoutErased(entry, ever('bo'))
    expect(left.length).toBe(entry.length)
    const details = [...eventsOf(left, ...idOf('anna'))].map(({ detail }) => detail)
    expect(details.slice(1).map(detail => JSON.parse(detail).person)).toEqual(['0'.repeat(16), digitsOf(idOf('cy'))])
  })

  it('has its erasures still where they are left for somebody', () => {
    reply('anna')
    const head = out.take()
    out.erase(START, idOf('anna'), [1, 2])
    const erasure = out.take()
    const entry = Buffer.concat([head, erasure])
    expect(Buffer.from(withoutErased(entry, { ...NOBODY, left: 'erasures' }))).toEqual(Buffer.from(erasure))
    expect(withoutErased(entry, NOBODY)).toHaveLength(0)
  })
})
