import type { Tenure } from '../ports.js'
import type { Worker } from '../worker/index.js'
import { SUBJECT_MS } from './call-limits.js'
import { type Calls, NoAnswer } from './calls.js'

/** null: nothing is known. */
type Told = Awaited<ReturnType<Worker['subject']>>

const subjectOf = (partition: number): string => `subject.${partition}`

const isWord = (value: unknown): value is number => Number.isSafeInteger(value)

/** Answers for a partition that is served in this process. Returns its end. */
export const answerSubject = (
  calls: Calls,
  worker: Pick<Worker, 'subject'>,
  partition: number,
  tenure: Tenure,
): (() => void) =>
  calls.answer(subjectOf(partition), async request => {
    const { hi, lo } = (request ?? {}) as { hi?: unknown; lo?: unknown }
    if (!isWord(hi) || !isWord(lo)) throw new TypeError('a visitor is asked for by two words')
    const subject = await worker.subject(partition, hi, lo)
    // Somebody else knows what came since.
    if (!tenure.isHeld) throw new Error(`partition ${partition} is served elsewhere`)
    return { subject }
  })

/** What engines that run elsewhere hold of a visitor. */
export class SubjectElsewhere {
  readonly #calls: Pick<Calls, 'ask'>

  constructor(calls: Pick<Calls, 'ask'>) {
    this.#calls = calls
  }

  /** By the words of its hash; null: nothing. Rejects with NoAnswer, CallFailed. */
  async stateOf(partition: number, hi: number, lo: number): Promise<Told> {
    const answer = await this.#calls.ask(subjectOf(partition), { hi, lo }, SUBJECT_MS)
    const { subject } = (answer ?? {}) as { subject?: Told }
    if (subject === undefined) throw new NoAnswer(`nobody said what partition ${partition} knows`)
    return subject
  }
}
