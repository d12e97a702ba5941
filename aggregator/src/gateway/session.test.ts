import { type BatchFrame, type ClientFrame, Close, Fault, Frame } from '@pulssi/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SERVICE } from '../intake/index.js'
import type { Role } from './admit.js'
import { AWAITING_HELLO, type Effect, type Input, type Judge, type NotNow, type Session, step } from './session.js'

const READER = { touchpoints: ['*'], scopes: new Set(['pulse']), source: 'token', expiresAt: null }
const WRITES: Role = { writer: SERVICE, reader: null, rate: 'service', rights: { kind: 'service', source: 'key' } }
const READS: Role = { writer: null, reader: READER, rate: 'reader', rights: null }
const FULL: NotNow = { fault: Fault.overloaded, message: 'full', retryMs: 10 }

const judge = (role: Role = WRITES, capacity: () => NotNow | null = () => null): Judge => ({
  hello: () => ({ ok: true, value: role }),
  auth: frame =>
    frame[1] === 'good' ? { ok: true, value: READER } : { ok: false, fault: Fault.unauthorized, message: 'unknown' },
  capacity,
})
const HELLO: ClientFrame = [Frame.hello, 'sk', 0, null, null, null, 'test']
const batch = (frame: number): BatchFrame => [Frame.batch, frame, null, [], []]
const frame = (given: ClientFrame): Input => ({ type: 'frame', frame: given })
const open = (role: Role = WRITES): Session => ({ state: 'open', role, next: 1 })
const codeOf = (effects: readonly Effect[]): number | undefined =>
  effects.map(effect => (effect.type === 'close' ? effect.code : undefined))[0]

describe('W10, W11: batches', () => {
  test('whatever is refused and lost, a client that follows the rule gets every batch taken once, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('take', 'refuse', 'lose'), { maxLength: 60 }), plan => {
        let session: Session = open()
        const kept: number[] = []
        let next = 1
        for (const what of plan) {
          const sent = next
          const refuse = what === 'refuse' ? FULL : null
          const [after, effects] = step(
            session,
            frame(batch(sent)),
            judge(WRITES, () => refuse),
          )
          session = after
          for (const effect of effects) if (effect.type === 'take') kept.push(effect.frame[1])
          if (what === 'refuse') {
            // Two more were on their way.
            for (const late of [sent + 1, sent + 2]) {
              const [same, none] = step(session, frame(batch(late)), judge())
              expect(none).toEqual([])
              session = same
            }
            continue
          }
          next++
          if (what === 'lose') {
            const [refusing, told] = step(session, { type: 'lost', frame: sent, why: FULL }, judge())
            expect(told).toEqual([
              { type: 'forget', frame: sent },
              { type: 'notTaken', frame: sent, why: FULL },
            ])
            session = refusing
            kept.pop()
            next = sent
          }
        }
        expect(kept).toEqual(kept.map((_, i) => i + 1))
        expect(session.state).not.toBe('closing')
      }),
    )
  })

  test('a number out of turn breaks the grammar, also an older one while refusing', () => {
    for (const number of [0, 2, 7]) expect(codeOf(step(open(), frame(batch(number)), judge())[1])).toBe(Fault.badFrame)
    const refusing: Session = { state: 'refusing', role: WRITES, from: 5 }
    expect(codeOf(step(refusing, frame(batch(4)), judge())[1])).toBe(Fault.badFrame)
  })

  test('of several lost batches the first is named, and only it', () => {
    const [refusing] = step({ state: 'open', role: WRITES, next: 9 }, { type: 'lost', frame: 4, why: FULL }, judge())
    expect(refusing).toMatchObject({ state: 'refusing', from: 4 })
    expect(step(refusing, { type: 'lost', frame: 6, why: FULL }, judge())).toEqual([refusing, []])
    expect(step(refusing, { type: 'lost', frame: 3, why: FULL }, judge())[0]).toMatchObject({ from: 3 })
  })
})

describe('W1: hello', () => {
  test('is first, and said once', () => {
    const [session, effects] = step(AWAITING_HELLO, frame(HELLO), judge())
    expect(session).toEqual(open())
    expect(effects).toEqual([{ type: 'welcome', role: WRITES }])
    expect(codeOf(step(session, frame(HELLO), judge())[1])).toBe(Fault.badFrame)
    expect(codeOf(step(AWAITING_HELLO, frame(batch(1)), judge())[1])).toBe(Fault.badFrame)
  })

  test('comes in time', () => {
    expect(codeOf(step(AWAITING_HELLO, { type: 'helloLate' }, judge())[1])).toBe(Fault.helloTimeout)
    expect(step(open(), { type: 'helloLate' }, judge())).toEqual([open(), []])
  })
})

describe('W5: who writes and who reads', () => {
  const subscribe: ClientFrame = [Frame.subscribe, 1, ['*'], [0]]

  test('write keys don’t read, read tokens don’t write, nobody does neither', () => {
    const nobody: Role = { writer: null, reader: null, rate: 'reader', rights: null }
    expect(codeOf(step(open(READS), frame(batch(1)), judge())[1])).toBe(Fault.forbidden)
    expect(codeOf(step(open(WRITES), frame(subscribe), judge())[1])).toBe(Fault.forbidden)
    expect(codeOf(step(open(nobody), frame(subscribe), judge())[1])).toBe(Fault.unauthorized)
    expect(step(open(READS), frame(subscribe), judge())[1]).toEqual([
      { type: 'subscribe', reader: READER, frame: subscribe },
    ])
  })

  test('a token is put in place by auth, a wrong one closes', () => {
    const [session, effects] = step(open(WRITES), frame([Frame.auth, 'good']), judge())
    expect(session).toMatchObject({ role: { writer: SERVICE, reader: READER } })
    expect(effects).toEqual([{ type: 'reader', reader: READER }])
    expect(codeOf(step(open(WRITES), frame([Frame.auth, 'bad']), judge())[1])).toBe(Fault.unauthorized)
  })
})

test('text closes with 1003, a malformed frame with 4400, and after that nothing is heard', () => {
  expect(codeOf(step(open(), { type: 'text' }, judge())[1])).toBe(Close.unsupportedData)
  const [closing, effects] = step(open(), { type: 'malformed', message: 'no' }, judge())
  expect(codeOf(effects)).toBe(Fault.badFrame)
  for (const input of [frame(batch(1)), { type: 'text' }, { type: 'lost', frame: 1, why: FULL }] as const) {
    expect(step(closing, input, judge())).toEqual([closing, []])
  }
})

test('W11: a frame that is no batch and came too soon is refused without a number', () => {
  const tooSoon = judge(READS, () => FULL)
  expect(step(open(READS), frame([Frame.unsubscribe, 1]), tooSoon)).toEqual([
    open(READS),
    [{ type: 'notTaken', frame: null, why: FULL }],
  ])
})

test('W18: a forget has its number among the batches', () => {
  const forget: ClientFrame = [Frame.forget, 1, null]
  const [session, effects] = step(open(), frame(forget), judge())
  expect(effects).toEqual([{ type: 'take', writer: SERVICE, frame: forget }])
  expect(session).toMatchObject({ state: 'open', next: 2 })
  expect(codeOf(step(session, frame(forget), judge())[1])).toBe(Fault.badFrame)
  const [refusing, told] = step(
    session,
    frame([Frame.forget, 2, null]),
    judge(WRITES, () => FULL),
  )
  expect(told).toEqual([{ type: 'notTaken', frame: 2, why: FULL }])
  expect(step(refusing, frame(batch(3)), judge())[1]).toEqual([])
  expect(step(refusing, frame([Frame.forget, 2, null]), judge())[1]).toMatchObject([{ type: 'take' }])
})
