import type { LogItem } from '../recount/index.js'
import type { Run } from './generate.js'
import type { EngineModule } from './log.js'
import { Mismatch } from './mismatch.js'
import { checkRun } from './simulate.js'

const MOST_TRIES = 4_000

/** Cuts a failing run down to few items that still fail in the same check; null where the run doesn't fail. */
export const shrink = (run: Run, api: EngineModule): { readonly run: Run; readonly mismatch: Mismatch } | null => {
  let mismatch = failure(run, api)
  if (!mismatch) return null
  const { check } = mismatch
  // The last tick brings all partitions to one clock.
  const last = run.items.slice(-1)
  let items = run.items.slice(0, -1)
  let tries = 0
  for (let size = items.length >> 1; size >= 1; size >>= 1) {
    let at = 0
    while (at < items.length && tries < MOST_TRIES) {
      tries++
      const fewer: LogItem[] = [...items.slice(0, at), ...items.slice(at + size)]
      const found = failure({ ...run, items: [...fewer, ...last] }, api)
      if (found?.check === check) {
        items = fewer
        mismatch = found
      } else at += size
    }
  }
  return { run: { ...run, items: [...items, ...last] }, mismatch }
}

/** Anything thrown is a failure; what is no mismatch is made one. */
const failure = (run: Run, api: EngineModule): Mismatch | null => {
  try {
    checkRun(run, api)
    return null
  } catch (error) {
    if (error instanceof Mismatch) return error
    const stack = error instanceof Error ? error.stack : error
    return new Mismatch(run.seed, 'the run', { path: 'nothing thrown', expected: null, actual: stack })
  }
}
