import { describe, expect, it } from 'vitest'
import { TERMS } from './limits.js'
import { isFixed, judgeAll } from './plain.js'
import { type Row, tableOf } from './table.js'

/** In full: PULSSI_CUSTOMERS_SEEDS=30, as `node test/customers/main.mjs` has it. */
const { PULSSI_CUSTOMERS_SEEDS } = process.env
const isFull = PULSSI_CUSTOMERS_SEEDS !== undefined
const count = Number(PULSSI_CUSTOMERS_SEEDS ?? 2)
const seeds = Array.from({ length: count }, (_, i) => i + 1)
/** 22,500 visits in each world. */
const SHORT = { ...TERMS, visitsPerHour: 3_000, daysBefore: 1 / 16, days: 5 / 16 }
const SEED_MS = 120_000

describe('simulated customers', () => {
  it('are known the better the more of them are asked', { timeout: 60_000 + count * SEED_MS }, () => {
    const rows = [...judgeAll(seeds, isFull ? TERMS : SHORT).values()]
    const fixed = rows.filter(isFixed)
    console.log(`${count} seeds\n${tableOf(rows, fixed)}`)
    const least = fixed[0] as Row
    const most = fixed[fixed.length - 1] as Row
    expect(most.error).toBeLessThan(least.error - 0.1)
    for (const { questionsPer1000, answersPer1000 } of rows) expect(answersPer1000).toBeLessThan(questionsPer1000 + 5)
  })
})
