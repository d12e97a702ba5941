import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as engine from '@pulssi/aggregator/engine'
import { ListedShelf } from '../../aggregator/src/worker/shelf.js'
import { generateRun, type Run } from '../sim/generate.js'
import { EntryWriter, partitionBy } from '../sim/log.js'
import { Random } from '../sim/random.js'
import { Cap } from '../sim/world.js'
import { numbersIn, type Running, start } from './numbers.js'

/** Parts of a story; between two of them it may take images, trim, be restarted, or be killed. */
const PARTS = 6
const FLUSH_EVENTS = 6
const IMAGES_SHARE = 0.5
const TRIM_SHARE = 0.5
const RESTART_SHARE = 0.3
const KILL_SHARE = 0.5
const MOST_EVENTS = 500
/** No process has it. */
const DEAD_PID = 2 ** 30

/** A data folder that a server left behind. */
export interface Left {
  readonly run: Run
  readonly folder: string
  /** Copies of it from earlier on, oldest first. */
  readonly earlier: readonly string[]
  readonly killed: boolean
  readonly numbers: string
}

/** The first seed at or after this whose run fits in a small folder and reaches no cap. */
const runFrom = (seed: number): Run => {
  for (let i = 0; ; i++) {
    const run = generateRun(seed + i * 7_919)
    const events = run.items.filter(({ type }) => type === 'event').length
    if (run.world.cap === Cap.none && run.world.partitions > 1 && events > 50 && events < MOST_EVENTS) return run
  }
}

/** The folder as a kill would leave it at this moment: its owner is a process that is gone. */
const copy = async (from: string, to: string): Promise<string> => {
  await cp(from, to, { recursive: true })
  const lock = join(to, 'lock')
  const owner = await readFile(lock, 'utf8').catch(() => null)
  if (owner !== null)
    await writeFile(lock, JSON.stringify({ ...JSON.parse(owner), pid: DEAD_PID, startedAt: 'boot/1' }))
  return to
}

class Teller {
  readonly #run: Run
  readonly #random: Random
  readonly #writers: EntryWriter[]
  readonly #partitionOf: (visitor: string) => number
  readonly #root: string
  readonly #earlier: string[] = []

  constructor(run: Run, random: Random, root: string) {
    this.#run = run
    this.#random = random
    this.#root = root
    this.#partitionOf = partitionBy(engine, run, run.world.partitions)
    this.#writers = Array.from({ length: run.world.partitions }, () => new EntryWriter(engine, run))
  }

  async tell(): Promise<Omit<Left, 'run' | 'numbers'>> {
    const folder = join(this.#root, 'live')
    let running = await start(folder, this.#run)
    const each = Math.ceil(this.#run.items.length / PARTS)
    for (let part = 0; part < PARTS; part++) {
      await this.#append(running, part * each, (part + 1) * each)
      if (this.#random.chance(IMAGES_SHARE)) await running.worker.storeImages()
      if (this.#random.chance(TRIM_SHARE)) await this.#trim(running)
      if (part === PARTS - 1) break
      this.#earlier.push(await copy(folder, join(this.#root, `earlier-${part}`)))
      if (!this.#random.chance(RESTART_SHARE)) continue
      await running.close()
      running = await start(folder, this.#run)
    }
    const killed = this.#random.chance(KILL_SHARE)
    if (!killed) await running.close()
    const left = await copy(folder, join(this.#root, 'left'))
    if (killed) await running.close()
    return { folder: left, earlier: this.#earlier, killed }
  }

  /** Some entries go by themselves, some with others in one commit. */
  async #append({ parts: { log } }: Running, from: number, to: number): Promise<void> {
    let waiting: Promise<number>[] = []
    const flush = (partition: number): void => {
      const entry = this.#writers[partition]?.take() ?? null
      if (entry !== null) waiting.push(log.append(partition, entry))
    }
    for (const item of this.#run.items.slice(from, to)) {
      const partition = item.type === 'event' ? this.#partitionOf(item.visitor) : 0
      if (item.type === 'tick') for (const writer of this.#writers) writer.add(item)
      else this.#writers[partition]?.add(item)
      if ((this.#writers[partition]?.events ?? 0) < FLUSH_EVENTS) continue
      flush(partition)
      if (this.#random.chance(0.7)) await Promise.all(waiting.splice(0))
    }
    for (const partition of this.#writers.keys()) flush(partition)
    await Promise.all(waiting)
    waiting = []
  }

  /** As retention does: never beyond the older one of two images. */
  async #trim({ parts: { log, store } }: Running): Promise<void> {
    for (let partition = 0; partition < log.partitions; partition++) {
      const [, older] = await new ListedShelf(store, partition).sequences()
      if (older !== undefined) await log.trim(partition, older + 1)
    }
  }
}

/** A story told to its end from one integer, in a temporary folder. */
export const leave = async (seed: number): Promise<Left & { dispose(): Promise<void> }> => {
  const root = await mkdtemp(join(tmpdir(), 'pulssi-folder-'))
  const dispose = (): Promise<void> => rm(root, { recursive: true, force: true })
  try {
    const run = runFrom(seed)
    const left = await new Teller(run, new Random(seed), root).tell()
    const whole = join(root, 'whole')
    await cp(left.folder, whole, { recursive: true })
    return { run, ...left, numbers: await numbersIn(whole, run), dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}
