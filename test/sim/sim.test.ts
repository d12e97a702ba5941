import * as engine from '@pulssi/aggregator/engine'
import { describe, expect, it } from 'vitest'
import { FEATURES, type Feature } from './features.js'
import { generateRun } from './generate.js'
import { shrink } from './shrink.js'
import { runSimulation } from './simulate.js'

const LEAST_SHARE = 0.05
const RUN_MS = 1_000

const { PULSSI_SIM_RUNS = '500', PULSSI_SIM_SEED = '1', SEED: one } = process.env
const runs = Number(PULSSI_SIM_RUNS)
const firstSeed = Number(PULSSI_SIM_SEED)

const report = (counts: ReadonlyMap<Feature, number>): string => {
  const lines = FEATURES.map(name => `  ${name.padEnd(16)} ${String(counts.get(name) ?? 0).padStart(6)}`)
  return [`${runs} runs from seed ${firstSeed}; of these had`, ...lines].join('\n')
}

const simulateMany = () => {
  const counts = new Map<Feature, number>()
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    for (const feature of runSimulation(seed, engine)) counts.set(feature, (counts.get(feature) ?? 0) + 1)
  }
  console.log(report(counts))
  for (const feature of FEATURES) {
    expect(counts.get(feature) ?? 0, `runs with: ${feature}`).toBeGreaterThanOrEqual(Math.floor(runs * LEAST_SHARE))
  }
}

/** Throws the mismatch of the shortest log that still fails, after printing it. */
const simulateOne = (seed: number) => {
  const found = shrink(generateRun(seed), engine)
  if (!found) return
  const { run, mismatch } = found
  console.log(JSON.stringify(run.world, null, 1))
  for (const item of run.items) console.log(JSON.stringify(item))
  throw mismatch
}

describe('simulation', () => {
  const timeout = 60_000 + runs * RUN_MS
  if (one === undefined) it(`the engine equals the recount in ${runs} seeded runs`, { timeout }, simulateMany)
  else it(`holds with seed ${one}`, { timeout }, () => simulateOne(Number(one)))
})
