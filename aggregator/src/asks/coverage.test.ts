import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Config, parseConfig } from '../config/index.js'
import { askShadows, nudgeShadows, unmapped } from './coverage.js'

const SIGNALS = ['rage', 'slow']
/** Every touchpoint that a pattern below may tell from another. */
const NAMES = ['a', 'b', 'a.b', 'a.c', 'a.b.c', 'z']

interface Written {
  readonly id: string
  readonly touchpoints: readonly string[]
  readonly trigger: { readonly on: string; readonly names?: readonly string[]; readonly after?: string }
}

const fits = ({ touchpoints, trigger }: Written, name: string, on: string, signal: string): boolean =>
  trigger.on === on &&
  touchpoints.some(each => (each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : each === name)) &&
  (on !== 'signal' || trigger.names === undefined || trigger.names.includes(signal))

const trigger = fc.oneof(
  fc.constantFrom({ on: 'sample' }, { on: 'leave' }, { on: 'dwell', after: '5s' }, { on: 'signal' }),
  fc.subarray(SIGNALS, { minLength: 1 }).map(names => ({ on: 'signal', names })),
)
const touchpoints = fc.uniqueArray(fc.constantFrom('*', 'a', 'b', 'a.*', 'a.b', 'a.b*'), { minLength: 1, maxLength: 3 })
const rules = fc
  .array(fc.record({ touchpoints, trigger }), { maxLength: 5 })
  .map(all => all.map((rule, index) => ({ id: `r${index}`, ...rule })))

const read = (asks: readonly Written[]): Config['asks'] =>
  parseConfig({ asks: asks.map(ask => ({ ...ask, kind: 'thumb', text: { en: 'How?' } })) }).asks

test('an ask that is said never to be put is the first nowhere, and any other is somewhere', () => {
  fc.assert(
    fc.property(rules, asks => {
      const shadows = new Map(askShadows(read(asks)).map(shadow => [shadow.id, shadow]))
      for (const [index, ask] of asks.entries()) {
        const on = ask.trigger.on
        const moments = NAMES.flatMap(name => [...SIGNALS, 'own'].map(signal => [name, on, signal] as const))
        const its = moments.filter(moment => fits(ask, ...moment))
        const former = asks.slice(0, index)
        const left = its.filter(moment => !former.some(other => fits(other, ...moment)))
        const extent = left.length === 0 ? 'never' : left.length < its.length ? 'partly' : undefined
        const shadow = shadows.get(ask.id)
        expect(shadow?.extent).toBe(extent)
        const rivals = former.filter(other => its.some(moment => fits(other, ...moment)))
        expect(shadow?.behind ?? []).toEqual(rivals.map(({ id }) => id))
      }
    }),
    { numRuns: 500 },
  )
})

test('what the host asks for by id stands behind nothing', () => {
  const host = { touchpoints: ['*'], trigger: { on: 'host' } }
  expect(
    askShadows(
      read([
        { id: 'a', ...host },
        { id: 'b', ...host },
      ]),
    ),
  ).toEqual([])
})

test('nudges wait for signals', () => {
  const nudge = (id: string, more: object) => ({ id, touchpoints: ['a.*'], text: { en: 'Stuck?' }, ...more })
  const { nudges } = parseConfig({
    nudges: [
      nudge('a', { signals: ['rage'] }),
      nudge('b', {}),
      nudge('c', { touchpoints: ['a.b'], signals: ['slow'] }),
    ],
  })
  expect(nudgeShadows(nudges)).toEqual([
    { id: 'b', extent: 'partly', behind: ['a'] },
    { id: 'c', extent: 'never', behind: ['b'] },
  ])
})

test('a touchpoint that the map does not name is told', () => {
  const map = ['shop.cart', 'checkout.*']
  expect(unmapped(['shop.*', 'checkout.payment', 'shop.cart', 'checkout.*', '*'], map)).toEqual([])
  expect(unmapped(['shop.crat', 'help.*', 'checkout'], map)).toEqual(['shop.crat', 'help.*', 'checkout'])
})
