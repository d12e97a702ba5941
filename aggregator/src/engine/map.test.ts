import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_CONFIG, type EngineConfig, type TouchpointRule } from './config.js'
import { JourneyMap } from './map.js'

const name = fc.array(fc.constantFrom('a', 'b', '.'), { minLength: 1, maxLength: 5 }).map(chars => chars.join(''))
const pattern = fc
  .tuple(fc.oneof(name, fc.constant('')), fc.boolean())
  .map(([start, star]) => (star ? `${start}*` : start))
const time = fc.option(fc.integer({ min: 0, max: 9_999 }), { nil: undefined })
const times = fc.record({ idleMs: time, graceMs: time }).map(one => defined(one))
const rules = fc
  .uniqueArray(fc.tuple(pattern, times), { selector: ([pattern]) => pattern, maxLength: 12 })
  .map(all => all.map(([pattern, times]): TouchpointRule => ({ pattern, ...times })))

interface Times {
  idleMs?: number
  graceMs?: number
}

function defined(one: { idleMs: number | undefined; graceMs: number | undefined }): Times {
  const out: Times = {}
  if (one.idleMs !== undefined) out.idleMs = one.idleMs
  if (one.graceMs !== undefined) out.graceMs = one.graceMs
  return out
}

const mapOf = (config: Partial<EngineConfig>): JourneyMap => new JourneyMap({ ...DEFAULT_CONFIG, ...config })

describe('the journey map', () => {
  it('takes the rule of the full name, else of the longest pattern that fits', () => {
    fc.assert(
      fc.property(rules, name, (touchpoints, touchpoint) => {
        const fitting = touchpoints.filter(
          ({ pattern }) => pattern.endsWith('*') && touchpoint.startsWith(pattern.slice(0, -1)),
        )
        const longest = fitting.sort((a, b) => b.pattern.length - a.pattern.length)[0]
        const exact = touchpoints.find(({ pattern }) => pattern === touchpoint)
        expect(mapOf({ touchpoints }).rule(touchpoint)).toBe(exact ?? longest ?? null)
      }),
      { numRuns: 500 },
    )
  })

  it('lets a full name win over a longer pattern, and holds whole', () => {
    const map = mapOf({
      touchpoints: [
        { pattern: '*', idleMs: 1 },
        { pattern: 'shop.*', stage: 'convert', idleMs: 2 },
        { pattern: 'shop.cart', stage: 'close' },
      ],
    })
    expect(map.rule('shop.cart')).toEqual({ pattern: 'shop.cart', stage: 'close' })
    expect(map.rule('shop.cart.x')?.idleMs).toBe(2)
    expect(map.rule('shop')?.idleMs).toBe(1)
    expect(map.idleMs(map.rule('shop.cart'), 'web')).toBe(DEFAULT_CONFIG.idleMs)
  })

  it('N13 finds idle and grace: the touchpoint, else the channel, else the journey, else for grace idle', () => {
    const channel = fc.constantFrom('web', 'app', 'phone', 'store')
    const channels = fc.dictionary(channel, times)
    fc.assert(
      fc.property(times, channels, fc.boolean(), channel, (own, channels, mapped, channel) => {
        const map = mapOf({ idleMs: 10_000, graceMs: 20_000, channels, touchpoints: [{ pattern: 't', ...own }] })
        const first = (...all: (number | undefined)[]): number => all.find(one => one !== undefined) as number
        const mine = mapped ? own : {}
        const idle = first(mine.idleMs, channels[channel]?.idleMs, 10_000)
        const pages = channel === 'web' || channel === 'app'
        const grace = first(mine.graceMs, channels[channel]?.graceMs, pages ? 20_000 : idle)
        const rule = map.rule(mapped ? 't' : 'other')
        expect([map.idleMs(rule, channel), map.graceMs(rule, channel)]).toEqual([idle, grace])
        expect(map.longestMs()).toBeGreaterThanOrEqual(Math.max(idle, grace))
      }),
      { numRuns: 300 },
    )
  })

  it('knows the longest time a visit can stay open', () => {
    expect(mapOf({}).longestMs()).toBe(DEFAULT_CONFIG.idleMs)
    expect(mapOf({ graceMs: 1e9 }).longestMs()).toBe(1e9)
    expect(mapOf({ channels: { phone: { graceMs: 2e9 }, app: { idleMs: 1 } } }).longestMs()).toBe(2e9)
    expect(mapOf({ touchpoints: [{ pattern: 'a', idleMs: 3e9 }] }).longestMs()).toBe(3e9)
    expect(mapOf({ touchpoints: [{ pattern: 'a', graceMs: 4e9 }] }).longestMs()).toBe(4e9)
  })
})
