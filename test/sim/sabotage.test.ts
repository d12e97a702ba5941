import * as engine from '@pulssi/aggregator/engine'
import { describe, expect, it } from 'vitest'
import { type Fault, loadSabotaged } from './sabotage.js'
import { runSimulation } from './simulate.js'

const MOST_SEEDS = 300

const FAULTS: Fault[] = [
  {
    name: 'a visit ends at its deadline instead of after it',
    file: 'visits.ts',
    find: /if \(t > this\.deadline\)/,
    replace: 'if (t >= this.deadline)',
  },
  {
    name: 'a drop taken back leaves its dwell behind',
    file: 'visits.ts',
    find: /(Cell\.dwell \+ dwellBucket\(dwell\)), delta/,
    replace: '$1, Math.max(delta, 0)',
  },
  {
    name: 'troubled counts where the signal was, not where the visit began',
    file: 'visits.ts',
    find: /this\.#count\(place, entered, Cell\.troubled, 1\)/,
    replace: 'this.#count(place, t, Cell.troubled, 1)',
  },
  {
    name: 'a restored image has forgotten which seqs were seen above a hole',
    file: 'image.ts',
    find: /put\(streams\.holes, index \* HOLE_BLOCK_ROWS \* HOLE_WORDS, bytes\)/,
    replace: '',
  },
  {
    name: 'a window is one slice too wide',
    file: 'windows.ts',
    find: /return \{ size, first: last - slices \+ 1, last \}/,
    replace: 'return { size, first: last - slices, last }',
  },
  {
    name: 'an erasure leaves the visit open',
    file: 'engine.ts',
    find: /this\.visits\.erase\(this\.visits\.arrive\(clock\)\)/,
    replace: 'this.visits.arrive(clock)',
  },
  {
    name: 'a visit keeps the last signal of the visit before',
    file: 'visits.ts',
    find: /& ~VISIT_FLAGS\n/,
    replace: '& ~(VISIT_FLAGS & ~SIGNAL_BITS)\n',
  },
  {
    name: 'an erased visitor goes on being quoted',
    file: 'voices.ts',
    find: /one\.hi !== hi \|\| one\.lo !== lo/,
    replace: 'true',
  },
  {
    name: 'a restored image has forgotten what was written',
    file: 'image.ts',
    find: /this\.#state\.voices\.set\(touchpoint, list\)/,
    replace: '',
  },
  {
    name: 'who comes after an erasure under the same id is the visitor of before',
    file: 'engine.ts',
    find: /this\.state\.unname\(hi, lo, .*\)/,
    replace: '',
  },
]

const holds = (seed: number, module: typeof engine): boolean => {
  try {
    runSimulation(seed, module)
    return true
  } catch {
    return false
  }
}

describe('sabotage', () => {
  it.each(FAULTS)('the simulation notices that $name', { timeout: 600_000 }, async fault => {
    const sabotaged = await loadSabotaged(fault)
    let seed = 1
    while (seed <= MOST_SEEDS && holds(seed, sabotaged)) seed++
    expect(seed, 'the first seed that fails').toBeLessThanOrEqual(MOST_SEEDS)
    // It is the fault that fails there, not the engine.
    runSimulation(seed, engine)
  })
})
