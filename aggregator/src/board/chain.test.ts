import fc from 'fast-check'
import { expect, test } from 'vitest'
import { broken, follow, type Link, UNLINKED } from './chain.js'

/** A message as its worker made it: all entries up to `to`, or those behind `from` alone. */
interface Message {
  readonly epoch: number
  readonly number: number
  readonly from: number
  readonly to: number
  readonly isWhole: boolean
}

const life = fc.array(fc.record({ entries: fc.nat(3), isWhole: fc.boolean() }), { minLength: 1, maxLength: 8 })

/** What several owners say, one after the other, of one log; each begins with a whole one. */
const told = fc.array(life, { minLength: 1, maxLength: 4 }).map(lives => {
  const messages: Message[] = []
  let read = 0
  for (const [i, one] of lives.entries()) {
    // Whoever takes over has read what the one before had.
    let to = read
    for (const [j, { entries, isWhole }] of one.entries()) {
      const from = to
      to += entries
      messages.push({ epoch: i + 1, number: j + 1, from, to, isWhole: isWhole || j === 0 })
    }
    read = to
  }
  return messages
})

/** The same messages as a bad network brings them: some lost, some twice, some much later. */
const brought = told.chain(messages =>
  fc
    .tuple(
      fc.constant(messages),
      fc.array(fc.record({ index: fc.nat(messages.length - 1), delay: fc.nat(6) }), { maxLength: 3 * messages.length }),
    )
    .map(([all, picks]) => ({
      all,
      arrivals: picks
        .map(({ index, delay }) => ({ message: all[index] as Message, at: index + delay }))
        .sort((a, b) => a.at - b.at)
        .map(({ message }) => message),
    })),
)

/** Where a board stands after what it took; checks that it never took what it couldn't use. */
const take = (arrivals: readonly Message[]): { link: Link; at: number } => {
  let link = UNLINKED
  let at = 0
  let newest = 0
  for (const message of arrivals) {
    const judged = follow(link, message)
    link = judged.link
    if (judged.verdict === 'take') {
      expect(message.epoch).toBeGreaterThanOrEqual(newest)
      if (!message.isWhole) expect(message.from).toBe(at)
      at = message.to
    }
    if (judged.verdict === 'ask') expect(message.isWhole).toBe(false)
    newest = Math.max(newest, message.epoch)
    expect(link.epoch).toBe(newest)
  }
  return { link, at }
}

test('whatever is lost, doubled or late: the next whole message brings a board to where one stands that got all', () => {
  fc.assert(
    fc.property(brought, ({ all, arrivals }) => {
      const { link, at } = take(arrivals)
      const { epoch, number, to } = all.at(-1) as Message
      const next: Message = { epoch, number: number + 1, from: to, to: to + 1, isWhole: true }
      expect(follow(link, next)).toEqual({ verdict: 'take', link: { epoch, number: number + 1, isSound: true } })
      const changes = { ...next, number: number + 2, isWhole: false }
      expect(follow(follow(link, next).link, changes).verdict).toBe('take')
      expect(at).toBeLessThanOrEqual(to)
    }),
    { numRuns: 500 },
  )
})

test('who gets all in their order takes all and asks for nothing', () => {
  fc.assert(
    fc.property(told, messages => {
      let link = UNLINKED
      for (const message of messages) {
        const judged = follow(link, message)
        expect(judged.verdict).toBe('take')
        link = judged.link
      }
    }),
  )
})

test('a former epoch has no say once another was heard of, also where that was of no use yet', () => {
  const first = follow(UNLINKED, { epoch: 1, number: 1, isWhole: true }).link
  const heard = follow(first, { epoch: 2, number: 7, isWhole: false })
  expect(heard.verdict).toBe('ask')
  for (const isWhole of [true, false]) {
    expect(follow(heard.link, { epoch: 1, number: 2, isWhole })).toEqual({ link: heard.link, verdict: 'drop' })
  }
})

test('after something that was no good, only what is whole and newer is taken', () => {
  const link = broken(follow(UNLINKED, { epoch: 1, number: 4, isWhole: true }).link)
  expect(follow(link, { epoch: 1, number: 5, isWhole: false }).verdict).toBe('ask')
  expect(follow(link, { epoch: 1, number: 4, isWhole: true }).verdict).toBe('drop')
  expect(follow(link, { epoch: 1, number: 5, isWhole: true }).verdict).toBe('take')
})
