import { UNDO_MS } from './limits.js'

/**
 * Holds an answer while it can still be taken back.
 * `choose`: sends it after UNDO_MS, or at once when the page goes or is hidden, since it may never come back; undefined
 * takes back what was chosen. `wait`: from now on it is sent after so long. `settle`: sends what was chosen, with more of
 * it; false: nothing was.
 */
export type Answering<Answer> = readonly [
  choose: (answer?: Answer) => void,
  wait: (ms: number) => void,
  settle: (more?: Partial<Answer> | '') => boolean,
]

/** Each answer chosen leads to one `send` at most, and to exactly one unless another `choose` comes first. */
export const createAnswering = <Answer extends object>(send: (answer: Answer) => void): Answering<Answer> => {
  let chosen: Answer | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const settle = (more?: Partial<Answer> | ''): boolean => {
    const answer = chosen
    chosen = undefined
    if (answer) send({ ...answer, ...more })
    return !!answer
  }
  const leave = () => settle()
  const wait = (ms: number): void => {
    clearTimeout(timer)
    timer = setTimeout(leave, ms)
  }
  const choose = (answer?: Answer): void => {
    chosen = answer
    wait(UNDO_MS)
    // Before the listeners of the client, which then sends what there is. They stay: nothing chosen is nothing sent.
    for (const name of ['pagehide', 'visibilitychange']) addEventListener(name, leave, true)
  }
  return [choose, wait, settle]
}
