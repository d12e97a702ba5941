import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs, type Connection, type ConnectionEvent, IDLE, step } from './connection.js'
import { BACKOFF_MAX_MS, BACKOFF_MIN_MS, STEADY_MS } from './limits.js'

const eventArb: fc.Arbitrary<ConnectionEvent> = fc.oneof(
  fc.constantFrom('start', 'opened', 'welcomed', 'timer', 'halt', 'close').map(type => ({ type }) as ConnectionEvent),
  fc.record({ type: fc.constant('refused' as const), retryMs: fc.nat(5_000) }),
  fc.record({
    type: fc.constant('dropped' as const),
    code: fc.constantFrom(1000, 1006, 1012, 4400, 4401, 4403, 4408, 4429),
    hintMs: fc.constantFrom(0, 0, 45_000),
  }),
)
const hasSocket = ({ phase }: Connection) => ['connecting', 'greeting', 'open', 'refusing'].includes(phase)

test('any order of events: at most one socket, hello before ready, the end is the end', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(eventArb, fc.nat(20_000), fc.double({ min: 0, max: 0.999, noNaN: true }))),
      events => {
        let state = IDLE
        let now = 0
        let sockets = 0
        let greeted = false
        for (const [event, ms, random] of events) {
          now += ms
          const before = state
          const [next, effect] = step(state, event, now, random)
          state = next
          if (effect === 'connect') sockets++
          if (effect === 'connect') greeted = false
          if (effect === 'hello') greeted = true
          if (effect === 'ready') expect(greeted).toBe(true)
          if (effect === 'disconnect') sockets = 0
          expect(sockets).toBe(hasSocket(state) ? 1 : 0)
          if ('until' in state && state !== before) expect(state.until).toBeGreaterThanOrEqual(0)
          if (before.phase === 'closed') expect(state.phase).toBe('closed')
          if (before.phase === 'stopped') expect(['stopped', 'closed']).toContain(state.phase)
          if (event.type === 'close') expect(state.phase).toBe('closed')
        }
      },
    ),
  )
})

test('the wait is a random part of a doubling bound, and never shorter than the hint', () => {
  fc.assert(
    fc.property(
      fc.nat(40),
      fc.nat(60_000),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attempt, hintMs, random) => {
        const ms = backoffMs(attempt, hintMs, random)
        expect(ms).toBeGreaterThanOrEqual(hintMs)
        expect(ms).toBeLessThanOrEqual(Math.max(hintMs, Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** attempt)))
      },
    ),
  )
})

const drop: ConnectionEvent = { type: 'dropped', code: 1006, hintMs: 0 }

test('attempts count until a connection has stood for a while', () => {
  const brief: Connection = { phase: 'open', attempt: 5, since: 0 }
  expect(step(brief, drop, STEADY_MS - 1, 0.5)[0]).toMatchObject({ phase: 'waiting', attempt: 6 })
  expect(step(brief, drop, STEADY_MS, 0.5)[0]).toMatchObject({ phase: 'waiting', attempt: 1 })
})

test('a hello that breaks the grammar would break it again: stopped', () => {
  const bad: ConnectionEvent = { type: 'dropped', code: 4400, hintMs: 0 }
  expect(step({ phase: 'greeting', attempt: 0, until: 9 }, bad, 1, 0)[0].phase).toBe('stopped')
  expect(step({ phase: 'open', attempt: 0, since: 0 }, bad, 1, 0)[0].phase).toBe('waiting')
})
