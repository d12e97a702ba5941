/** Damages a valid frame at any depth: the properties' way to the borders of the grammar. */
import fc from 'fast-check'

const NUMBERS = [
  ...[0, -0, 1, -1, 0.5, 2, 3, 5, 6, 7, 8, 11, 63, 64, 65, 99, 100, 101],
  ...[2 ** 31 - 2, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, -(2 ** 31), -(2 ** 53), 1e300, 5e-324],
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
]
const LENGTHS = [1, 24, 25, 32, 33, 64, 65, 66, 128, 129, 500, 501, 4000, 4001, 4096, 4097]
const STRINGS = [
  ...[
    '',
    'a',
    'A',
    'a.b',
    '.a',
    'a.',
    'a..b',
    'a b',
    'a\n',
    '*',
    'a*',
    '*a',
    '**',
    '~journey',
    'ä',
    '\u212a',
    '\u0131',
  ],
  ...['\ud800', 'a\udc00', '\ufeffa', '😀', '__proto__', 'constructor', 'toString', 'length', '0'],
  ...LENGTHS.flatMap(length => ['x'.repeat(length), `${'y'.repeat(length - 1)}é`]),
  ...['a.'.repeat(32), `${'a.'.repeat(31)}ab`, `${'a.'.repeat(32)}a`, `${'z'.repeat(32)}.${'z'.repeat(31)}`],
]

export const oddities: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...NUMBERS),
  fc.constantFrom(...STRINGS),
  fc.constantFrom<unknown>(
    null,
    undefined,
    true,
    false,
    1n,
    Symbol.iterator,
    {},
    { length: 3 },
    new Map(),
    new Date(0),
  ),
  fc
    .constantFrom<() => unknown>(
      () => [],
      () => new Array(3),
      () => [[]],
      () => JSON.parse('{"__proto__":[1]}'),
      () => Object.assign([2, 1], { extra: 1 }),
      () => ['a', null, []],
      () => ['a', 'web', ['k', 'v', 'k', 'w']],
      () => new Uint8Array(2),
    )
    .map(make => make()),
  fc.anything(),
)

export interface Mutation {
  /** Picks the node, counted in order of reading, modulo how many there are. */
  readonly node: number
  readonly kind: 'replace' | 'insert' | 'delete' | 'swap' | 'repeat' | 'nudge' | 'cut' | 'pad'
  readonly value: unknown
  readonly count: number
}

export const mutations: fc.Arbitrary<Mutation> = fc.record({
  node: fc.nat(400),
  kind: fc.constantFrom('replace', 'insert', 'delete', 'swap', 'repeat', 'nudge', 'cut', 'pad'),
  value: oddities,
  count: fc.constantFrom(1, 2, 3, 12, 13, 64, 65, 99, 100, 101),
})

interface Slot {
  readonly parent: unknown[]
  readonly index: number
}

const slots = (node: unknown[], found: Slot[] = []): Slot[] => {
  for (const [index, child] of node.entries()) {
    found.push({ parent: node, index })
    if (Array.isArray(child)) slots(child, found)
  }
  return found
}

const nudged = (value: unknown, count: number): unknown => {
  if (typeof value === 'number') return value + count - 2
  return typeof value === 'string' ? `${value}${'x'.repeat(count)}` : value
}

const copy = (value: unknown): unknown => (Array.isArray(value) ? value.map(copy) : value)

/** A damaged copy; `frame` itself stays as it is. */
export const mutate = (frame: readonly unknown[], list: readonly Mutation[]): unknown => {
  const root = [copy(frame)]
  for (const { node, kind, value, count } of list) {
    const all = slots(root)
    const slot = all[node % all.length]
    if (slot === undefined) continue
    const { parent, index } = slot
    const target = parent[index]
    if (kind === 'replace') parent[index] = value
    else if (kind === 'insert') parent.splice(index, 0, value)
    else if (kind === 'delete') parent.splice(index, 1)
    else if (kind === 'swap') parent.push(...parent.splice(index, 1))
    else if (kind === 'repeat') parent.splice(index, 0, ...Array.from({ length: count }, () => copy(target)))
    else if (kind === 'nudge') parent[index] = nudged(target, count)
    else if (kind === 'cut' && Array.isArray(target)) target.length = Math.min(target.length, count)
    else if (kind === 'pad' && Array.isArray(target)) target.length += count
  }
  return root[0]
}
