/** Runs something once, after a while; returns what calls it off. */
export type After = (delayMs: number, run: () => void) => () => void

/** A timer may come a little early; rounded up, it comes after the moment that was meant. */
export const afterReal: After = (delayMs, run) => {
  const timer = setTimeout(run, Math.ceil(Math.max(0, delayMs)))
  return () => clearTimeout(timer)
}

/** No answer in time; what was asked for may be done all the same. */
export class Late extends Error {
  constructor(waitedMs: number) {
    super(`no answer for ${waitedMs} ms`)
    this.name = 'Late'
  }
}

/** Rejects with Late where `work` takes longer; its own end is then of no interest. */
export const within = <Result>(after: After, waitMs: number, work: Promise<Result>): Promise<Result> =>
  new Promise((resolve, reject) => {
    const cancel = after(waitMs, () => reject(new Late(waitMs)))
    work.then(resolve, reject).finally(cancel)
  })
