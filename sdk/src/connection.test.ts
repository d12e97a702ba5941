import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs, type Connection, IDLE, Phase, SILENT, step, Turn } from './connection.js'
import { BACKOFF_MAX_MS, BACKOFF_MIN_MS, STEADY_MS } from './limits.js'

const turnArb = fc.constantFrom(...Object.values(Turn))
const codeArb = fc.constantFrom(1000, 1006, 1012, 4400, 4401, 4403, 4408, 4429)
const randomArb = fc.double({ min: 0, max: 0.999, noNaN: true })
const hasSocket = ([phase]: Connection) => phase >= Phase.connecting && phase <= Phase.refusing

test('any order of turns: a socket, hello, then frames; the end is the end', () => {
  const happening = fc.tuple(turnArb, fc.nat(20_000), randomArb, fc.constantFrom(0, 0, 45_000), codeArb)
  fc.assert(
    fc.property(fc.array(happening), happenings => {
      let state = IDLE
      let now = 0
      let entered: Phase[] = []
      for (const [turn, passedMs, random, ms, code] of happenings) {
        now += passedMs
        const before = state
        state = step(state, turn, now, random, ms, code)
        const [phase, , , until] = state
        if (phase !== before[0]) entered = phase === Phase.connecting ? [phase] : [...entered, phase]
        if (hasSocket(state)) expect(entered[0]).toBe(Phase.connecting)
        if (phase >= Phase.greeting && hasSocket(state)) expect(entered[1]).toBe(Phase.greeting)
        if (phase === Phase.refusing) expect(entered).toContain(Phase.open)
        if (state !== before && until) expect(until).toBeGreaterThanOrEqual(now)
        const waits: Phase[] = [Phase.waiting, Phase.connecting, Phase.greeting, Phase.refusing]
        expect(until > 0).toBe(waits.includes(phase))
        if (before[0] === Phase.closed) expect(phase).toBe(Phase.closed)
        if (before[0] === Phase.stopped) expect([Phase.stopped, Phase.closed]).toContain(phase)
        if (turn === Turn.close) expect(phase).toBe(Phase.closed)
      }
    }),
  )
})

test('the wait is a random part of a doubling bound on top of the hint', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.nat(60_000), randomArb, (attempt, hintMs, random) => {
      const ms = backoffMs(attempt, hintMs, random)
      expect(ms).toBeGreaterThanOrEqual(hintMs)
      expect(ms).toBeLessThanOrEqual(hintMs + Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** attempt))
    }),
  )
})

test('the first wait lies below the least bound, the next one below twice that', () => {
  let state: Connection = [Phase.connecting, 0, 0, 9]
  const waits: number[] = []
  for (let n = 0; n < 8; n++) {
    const [, attempt, , until] = step(state, Turn.dropped, 0, 1, 0, SILENT)
    waits.push(until)
    state = [Phase.connecting, attempt, 0, 9]
  }
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
})

test('attempts count until a connection has stood for a while', () => {
  const brief: Connection = [Phase.open, 5, 0, 0]
  const after = (ms: number) => step(brief, Turn.dropped, ms, 0.5, 0, SILENT).slice(0, 2)
  expect(after(STEADY_MS - 1)).toEqual([Phase.waiting, 6])
  expect(after(STEADY_MS)).toEqual([Phase.waiting, 1])
  const refusing = step([Phase.open, 5, 3, 0], Turn.refused, 10, 0, 7, 0)
  expect(refusing).toEqual([Phase.refusing, 5, 3, 17])
  expect(step(refusing, Turn.timer, 17, 0, 0, 0)).toEqual([Phase.open, 5, 3, 0])
})

test('a hello that breaks the grammar would break it again: stopped', () => {
  expect(step([Phase.greeting, 0, 0, 9], Turn.dropped, 1, 0, 0, 4400)[0]).toBe(Phase.stopped)
  expect(step([Phase.open, 0, 0, 0], Turn.dropped, 1, 0, 0, 4400)[0]).toBe(Phase.waiting)
})

test('a greeting that takes too long is given up', () => {
  expect(step([Phase.greeting, 0, 0, 9], Turn.timer, 9, 0, 0, 1000)[0]).toBe(Phase.waiting)
})
