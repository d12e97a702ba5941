/** Arbitrary frames within the grammar, for properties. */
import fc from 'fast-check'
import { type ClientFrame, type Group, type Place, SEQ_MAX, type WireEvent } from '../client/index.js'

const LOWER = [...'abcdefghijklmnopqrstuvwxyz0123456789_-']
const ID = [...LOWER, ...'ABCDEFGHIJKLMNOPQRSTUVWXYZ.']

const over = (chars: readonly string[], maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...chars), minLength: 1, maxLength })

/** Any code points but lone surrogates; `maxLength` in UTF-16 code units. */
export const text = (minLength: number, maxLength: number) =>
  fc.string({ unit: 'binary', minLength, maxLength }).filter(value => value.length <= maxLength)
export const touchpoints = fc
  .array(over(LOWER, 12), { minLength: 1, maxLength: 4 })
  .map(parts => parts.join('.'))
  .filter(name => name.length <= 64)
export const ids = over(ID, 64)
export const channels = over(LOWER, 32)
export const signals = over([...'abcdefghijklmnopqrstuvwxyz0123456789-'], 24)
export const cuts = fc
  .uniqueArray(text(1, 8), { maxLength: 6 })
  .chain(names => fc.tuple(...names.map(name => fc.tuple(fc.constant(name), text(1, 16)))))
  .map(pairs => pairs.flat() as string[])

const places: fc.Arbitrary<Place> = fc.oneof(
  touchpoints,
  fc.tuple(touchpoints, fc.option(channels), cuts) as fc.Arbitrary<Place>,
)

const numbers = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, 1, 5, 11, -0, 1e12, -1e12, 1e13, 2 ** 53),
)
const dts = fc.oneof(fc.nat(100_000), fc.integer({ min: -1000, max: 1000 }), numbers)
const comments = text(0, 600)
const asks = text(1, 64)

const kinds = (place: fc.Arbitrary<number>): fc.Arbitrary<WireEvent> =>
  fc.oneof(
    fc.tuple(fc.constantFrom(0 as const, 1 as const), dts, place),
    fc.tuple(fc.constant(2 as const), dts, place),
    fc.tuple(fc.constant(2 as const), dts, place, numbers),
    fc.tuple(fc.constant(3 as const), dts, place, fc.nat(5), numbers),
    fc.tuple(fc.constant(3 as const), dts, place, fc.nat(5), fc.nat(10), fc.option(comments)),
    fc.tuple(fc.constant(3 as const), dts, place, fc.nat(5), fc.nat(10), fc.option(comments), asks),
    fc.tuple(fc.constant(4 as const), dts, place, asks, fc.oneof(numbers, comments)),
    fc.tuple(fc.constant(5 as const), dts, place, signals),
    fc.tuple(fc.constant(7 as const), dts, place, asks, fc.nat(1)),
  ) as fc.Arbitrary<WireEvent>

const links = (place: fc.Arbitrary<number | null>): fc.Arbitrary<WireEvent> =>
  fc
    .tuple(fc.constant(6 as const), dts, place, fc.option(text(1, 64)), fc.option(text(1, 32)), fc.option(text(1, 128)))
    .filter(event => event[3] !== null || event[4] !== null)

/** Events of a frame with `count` places. */
export const events = (count: number): fc.Arbitrary<WireEvent> =>
  count === 0 ? links(fc.constant(null)) : fc.oneof(kinds(fc.nat(count - 1)), links(fc.option(fc.nat(count - 1))))

const groups = (count: number): fc.Arbitrary<Group> =>
  fc.tuple(
    fc.option(ids) as fc.Arbitrary<string | null>,
    fc.option(ids) as fc.Arbitrary<string | null>,
    fc.oneof(fc.nat(1000), fc.integer({ min: 0, max: SEQ_MAX - 8 })),
    numbers,
    fc.array(events(count), { minLength: 1, maxLength: 8 }),
  )

const hellos = fc.tuple(
  fc.constant(1 as const),
  fc.option(text(1, 128)),
  fc.nat(3),
  fc.option(ids),
  fc.option(text(1, 128)),
  fc.option(ids),
  text(0, 64),
)

export const batches = fc
  .array(places, { maxLength: 5 })
  .chain(table =>
    fc.tuple(
      fc.constant(2 as const),
      fc.integer({ min: 1, max: SEQ_MAX }),
      fc.option(fc.maxSafeNat()),
      fc.constant(table),
      fc.array(groups(table.length), { minLength: 1, maxLength: 5 }),
    ),
  )

const patterns = fc.oneof(
  touchpoints,
  fc.constantFrom('*', 'checkout.*', '~journey', '~stage.*', '~channel.web', '~other'),
)
const subscribes = fc.tuple(
  fc.constant(3 as const),
  fc.nat(SEQ_MAX),
  fc.array(patterns, { minLength: 1, maxLength: 4 }),
  fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 6 }),
)

export const clientFrames: fc.Arbitrary<ClientFrame> = fc.oneof(
  hellos,
  { arbitrary: batches, weight: 6 },
  subscribes,
  fc.tuple(fc.constant(4 as const), fc.nat(SEQ_MAX)),
  fc.tuple(fc.constant(5 as const), text(1, 100)),
  fc.tuple(fc.constant(6 as const), fc.integer({ min: 1, max: SEQ_MAX }), fc.option(ids)) as fc.Arbitrary<ClientFrame>,
)
