import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DamagedFolder, FolderLocked } from '../../aggregator/src/embedded/index.js'
import { StartRefused } from '../../aggregator/src/worker/index.js'
import { Random } from '../sim/random.js'
import { damage, FAULTS, type FaultKind } from './faults.js'
import { numbersIn } from './numbers.js'
import { type Left, leave } from './story.js'

const { PULSSI_FOLDER_RUNS = '150', PULSSI_FOLDER_SEED = '1', SEED: one } = process.env
const runs = Number(PULSSI_FOLDER_RUNS)
const firstSeed = Number(PULSSI_FOLDER_SEED)
/** Faults that one story is told for. */
const RUNS_A_STORY = 50
const RUN_MS = 2_000

/** A refusal says what is lost and what to do. */
const NAMES = /partition \d+|values|\/log|\/store|\/lock/
const ADVISES = /restore|put back|put the|set server\.partitions|another data folder|delete|run the release/i

const SHOWN = 300

type Outcome = 'right' | 'refused'

const storyOf = (seed: number): number => Math.floor((seed - 1) / RUNS_A_STORY)

const outcomeOf = async (folder: string, left: Left): Promise<{ outcome: Outcome; message: string }> => {
  try {
    const numbers = await numbersIn(folder, left.run)
    if (numbers !== left.numbers) throw new Error(`wrong numbers: ${numbers.slice(0, SHOWN)}`)
    return { outcome: 'right', message: '' }
  } catch (error) {
    const refused = error instanceof DamagedFolder || error instanceof StartRefused || error instanceof FolderLocked
    if (!refused) throw error
    expect(error.message).toMatch(NAMES)
    expect(error.message).toMatch(ADVISES)
    return { outcome: 'refused', message: error.message }
  }
}

/** One fault in a copy of what a story left. */
const runOne = async (seed: number, left: Left, foreign: Left): Promise<{ kind: FaultKind; outcome: Outcome }> => {
  const random = new Random(seed)
  const kind = random.pick(FAULTS)
  const root = await mkdtemp(join(tmpdir(), 'pulssi-fault-'))
  const folder = join(root, 'data')
  let what = ''
  try {
    await cp(left.folder, folder, { recursive: true })
    what = await damage(folder, kind, { foreign: foreign.folder, earlier: left.earlier }, random)
    const { outcome, message } = await outcomeOf(folder, left)
    if (one !== undefined) console.log(`${left.killed ? 'killed' : 'closed'}; ${kind}: ${what}\n${outcome} ${message}`)
    return { kind, outcome }
  } catch (error) {
    throw new Error(`seed ${seed}, ${left.killed ? 'killed' : 'closed'}; ${kind}: ${what}`, { cause: error })
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

const runMany = async (first: number, count: number): Promise<void> => {
  const counts = new Map(FAULTS.map(kind => [kind, { right: 0, refused: 0 }]))
  const foreign = await leave(-1)
  let left: Awaited<ReturnType<typeof leave>> | null = null
  try {
    for (let seed = first; seed < first + count; seed++) {
      if (left === null || storyOf(seed) !== storyOf(seed - 1)) {
        await left?.dispose()
        left = await leave(storyOf(seed))
      }
      const { kind, outcome } = await runOne(seed, left, foreign)
      const row = counts.get(kind)
      if (row !== undefined) row[outcome]++
    }
  } finally {
    await left?.dispose()
    await foreign.dispose()
  }
  const sums = { right: 0, refused: 0 }
  const lines = [...counts].map(([kind, { right, refused }]) => {
    sums.right += right
    sums.refused += refused
    return `  ${kind.padEnd(16)} ${String(right).padStart(6)} ${String(refused).padStart(8)}`
  })
  console.log(
    [`${count} faults from seed ${first}:  right  refused`, ...lines, `  all ${sums.right} ${sums.refused}`].join('\n'),
  )
  expect(sums.right + sums.refused).toBe(count)
  expect(Math.min(sums.right, sums.refused), 'both outcomes happen').toBeGreaterThan(count >= RUNS_A_STORY ? 0 : -1)
}

describe('a damaged data folder', () => {
  const timeout = 60_000 + runs * RUN_MS
  const title = 'leads to the right numbers or to a refused start that names the loss'
  if (one === undefined) it(`${title}, in ${runs} seeded faults`, { timeout }, () => runMany(firstSeed, runs))
  else it(`${title}, with seed ${one}`, { timeout }, () => runMany(Number(one), 1))
})
