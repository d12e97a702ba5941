import { TOUCHPOINT, TOUCHPOINT_CHARS } from '@pulssi/protocol'

/** One step of the journey. `end`: a visit that gets there is complete. */
export interface Step {
  readonly touchpoint: string
  readonly stage: string
  readonly end: boolean
}

/** What a configuration is made from. */
export interface Answers {
  readonly project: string
  /** Where pages send from; at least one. */
  readonly origins: readonly string[]
  readonly steps: readonly Step[]
  /** Where alerts go; null: nowhere yet. */
  readonly hook: string | null
  /** Whether a service sends events too, and so needs a key. */
  readonly service: boolean
}

/** Says what is wrong with an answer, so that it can be given again. */
export class BadAnswer extends Error {}

const PROJECT = /^[a-z0-9_-]{1,32}$/
const STAGES = ['attract', 'convert', 'close', 'advocate'] as const
const STAGE = /^[a-z0-9_-]{1,32}$/
const END = /(^|[._-])(thanks?|thank-you|done|complete|completed|confirmation|success|receipt)$/
/** Steps of a first configuration; more are added by hand. */
const STEPS = 100

export const DEFAULT_ORIGIN = 'http://localhost:3000'
export const DEFAULT_STEPS =
  'shop.home=attract shop.product=convert checkout.cart=close checkout.payment=close checkout.thanks=close'

/** The folder's name, as far as a project may be called so. */
export const projectFrom = (folder: string): string => {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 32)
  return name === '' ? 'shop' : name
}

export const parseProject = (text: string): string => {
  if (PROJECT.test(text)) return text
  throw new BadAnswer('A project is called by lower case letters, digits, _ and -, 32 at most.')
}

const words = (text: string): string[] => text.split(/[\s,]+/).filter(word => word !== '')

/** Whole addresses are cut to their origins. */
export const parseOrigins = (text: string): string[] => {
  const origins = words(text).map(word => {
    const url = URL.canParse(word) ? new URL(word) : null
    if (url === null || !/^https?:$/.test(url.protocol)) {
      throw new BadAnswer(`"${word}" is no address of a page: write it like https://shop.example`)
    }
    return url.origin
  })
  if (origins.length === 0) throw new BadAnswer('A page key holds for the addresses that it lists: name at least one.')
  return [...new Set(origins)]
}

/** The first third of the way attracts, the second converts, the last closes. */
const stageAt = (index: number, count: number): string => STAGES[Math.floor((index * 3) / count)] ?? 'close'

const parseStep = (word: string, index: number, count: number): Step => {
  const [touchpoint = '', stage = stageAt(index, count), ...more] = word.split('=')
  if (!TOUCHPOINT.test(touchpoint)) {
    const form = `lower case letters, digits, _ and -, joined by dots, ${TOUCHPOINT_CHARS} at most`
    throw new BadAnswer(`"${touchpoint}" is no touchpoint: ${form}, such as checkout.payment`)
  }
  if (!STAGE.test(stage) || more.length > 0) {
    throw new BadAnswer(`"${word}" names no stage: write it like checkout.payment=close`)
  }
  return { touchpoint, stage, end: END.test(touchpoint) }
}

/** Names in the order in which customers pass them, each with its stage behind = where it isn't the usual one. */
export const parseSteps = (text: string): Step[] => {
  const list = words(text)
  if (list.length > STEPS) throw new BadAnswer(`${list.length} steps are too many to begin with: ${STEPS} at most.`)
  const steps = list.map((word, index) => parseStep(word, index, list.length))
  const names = steps.map(({ touchpoint }) => touchpoint)
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) throw new BadAnswer(`"${twice}" is there twice: leave one out.`)
  return steps
}

/** Empty: no alerts yet. */
export const parseHook = (text: string): string | null => {
  if (text === '') return null
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text
  throw new BadAnswer(`"${text}" is no address of http or https.`)
}

export const parseYes = (text: string): boolean => {
  if (/^y(es)?$/i.test(text)) return true
  if (/^(no?|)$/i.test(text)) return false
  throw new BadAnswer('Answer y or n.')
}

/** All stages named, the usual ones first in their order. */
export const stagesOf = (steps: readonly Step[]): string[] => {
  const own = steps.map(({ stage }) => stage).filter(stage => !(STAGES as readonly string[]).includes(stage))
  return [...STAGES, ...new Set(own)]
}
