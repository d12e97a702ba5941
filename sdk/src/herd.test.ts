import { Close } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs, type Connection, Phase, SILENT, step, Turn } from './connection.js'
import { BACKOFF_MAX_MS, BACKOFF_MIN_MS, RESTART_DOUBLINGS } from './limits.js'

const CLIENTS = 1_000
const BIN_MS = 100

/** Mulberry32 */
const randomOf = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) >>> 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

/** When each of the clients of one server comes back. `perBin`: so many the server lets in each BIN_MS, from `upMs` on. */
const comeBack = (seed: number, code: number, hintMs: number, upMs: number, perBin: number) => {
  const random = randomOf(seed)
  const open: Connection = [Phase.open, 0, 0, 0]
  const waiting = Array.from({ length: CLIENTS }, () => step(open, Turn.dropped, 60_000, random(), hintMs, code))
  const attempts: number[] = []
  const admitted = new Map<number, number>()
  let last = 0
  while (waiting.length > 0) {
    waiting.sort((a, b) => b[3] - a[3])
    const [, attempt, , at] = waiting.pop() as Connection
    const bin = Math.floor((at - 60_000) / BIN_MS)
    attempts.push(bin)
    const inside = admitted.get(bin) ?? 0
    if (at - 60_000 >= upMs && inside < perBin) {
      admitted.set(bin, inside + 1)
      last = Math.max(last, at - 60_000)
    } else waiting.push(step([Phase.connecting, attempt, at, 0], Turn.dropped, at, random(), 0, SILENT))
  }
  const bins = new Map<number, number>()
  for (const bin of attempts) bins.set(bin, (bins.get(bin) ?? 0) + 1)
  return { peak: Math.max(...bins.values()), lastMs: last, attempts: attempts.length }
}

test.each([Close.goingAway, Close.restart])('after close %i a thousand clients come back spread over seconds', code => {
  const spreadMs = BACKOFF_MIN_MS * 2 ** RESTART_DOUBLINGS
  fc.assert(
    fc.property(fc.integer(), seed => {
      const { peak, lastMs } = comeBack(seed, code, 0, 0, CLIENTS)
      // Twice what an even spread would bring.
      expect(peak).toBeLessThan((2 * CLIENTS * BIN_MS) / spreadMs)
      expect(lastMs).toBeGreaterThan(spreadMs / 2)
      expect(lastMs).toBeLessThanOrEqual(spreadMs)
    }),
    { numRuns: 50 },
  )
})

test('a hint that all were given alike still leaves them spread, and is kept by each', () => {
  const random = randomOf(1)
  const waits = Array.from({ length: CLIENTS }, () => backoffMs(RESTART_DOUBLINGS, 2_000, random()))
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(2_000)
  expect(new Set(waits.map(ms => Math.floor(ms / BIN_MS))).size).toBeGreaterThan(30)
})

test('a server that is down for ten seconds and then lets in a few at a time gets all of them, without a wall', () => {
  const { peak, lastMs, attempts } = comeBack(7, SILENT, 0, 10_000, 20)
  expect(lastMs).toBeLessThan(5 * 60_000)
  expect(attempts / CLIENTS).toBeLessThan(20)
  expect(peak).toBeLessThan(CLIENTS / 2)
  expect(BACKOFF_MAX_MS).toBe(30_000)
})
