import { ASK_FORMS, ASK_ID, ASK_OPTIONS, SIGNAL } from '@pulssi/protocol'
import { z } from 'zod'
import { DEFAULT_CONFIG } from '../engine/index.js'
import { touchpointPatterns } from './access.js'
import { duration, durationOrNone, formatDuration } from './duration.js'
import { object } from './problems.js'
import { bytesOf, textByLanguage } from './texts.js'

/** Beyond any of these the configuration is refused. */
export const ASKS = 100
export const NUDGES = 20
/** Of one ask or nudge. */
const PATTERNS = 64
const SIGNAL_NAMES = 32
const OPTIONS_LEAST = 2
/** Of all words of one ask or nudge, in UTF-8: they travel together, in one frame. */
const WORDS_BYTES = 16 * 1_024
const HREF_CHARS = 2_000
const SECOND_MS = 1_000
const DAY_MS = 86_400_000
const VALID_LEAST_MS = 10 * SECOND_MS
const VALID_MOST_MS = 30 * DAY_MS
const DWELL_MOST_MS = DAY_MS
const BUDGET_MOST_MS = 400 * DAY_MS
const HOLDOUT_LEAST = 0.05
const HOLDOUT_MOST = 0.95
const ASK_VALID_MS = 10 * 60_000
const NUDGE_VALID_MS = 2 * 60_000
const HOLDOUT = 0.5

type Duration = typeof duration

const within = (kind: Duration, leastMs: number, mostMs: number) =>
  kind.refine(ms => ms >= leastMs && ms <= mostMs, {
    error: `must be from ${formatDuration(leastMs)} to ${formatDuration(mostMs)}`,
  })

const id = z.string().regex(ASK_ID, { error: 'is no id: lower case letters, digits and -, 32 at most' })
const touchpoints = touchpointPatterns.max(PATTERNS)
const signals = z
  .array(z.string().regex(SIGNAL, { error: 'is no signal: lower case letters, digits and -, 24 at most' }))
  .min(1)
  .max(SIGNAL_NAMES)
const validFor = within(duration, VALID_LEAST_MS, VALID_MOST_MS)

const trigger = z.discriminatedUnion(
  'on',
  [
    object({ on: z.literal('sample') }),
    object({ on: z.literal('dwell'), after: within(duration, SECOND_MS, DWELL_MOST_MS) }),
    /** Without names: any signal. */
    object({ on: z.literal('signal'), names: signals.optional() }),
    object({ on: z.literal('leave') }),
    object({ on: z.literal('goal') }),
    object({ on: z.literal('host') }),
  ],
  { error: 'must be {"on": …} with "sample", "dwell", "signal", "leave", "goal" or "host"' },
)

const tooWordy = `has more than ${WORDS_BYTES} bytes of words: say it shorter, or in fewer languages`

/** One question. */
export const askSchema = object({
  id,
  touchpoints,
  kind: z.enum(ASK_FORMS),
  text: textByLanguage,
  options: z.array(textByLanguage).default([]),
  /** The option chosen says why the visitor left. */
  reason: z.boolean().default(false),
  comment: z.boolean().default(false),
  trigger,
  validFor: validFor.default(ASK_VALID_MS),
}).superRefine(({ kind, text, options, reason, comment }, context) => {
  const wrong = (name: string, message: string): void => context.addIssue({ code: 'custom', path: [name], message })
  if (kind === 'choice') {
    if (options.length < OPTIONS_LEAST || options.length > ASK_OPTIONS) {
      wrong('options', `must be ${OPTIONS_LEAST} to ${ASK_OPTIONS}: a choice is made among so many`)
    }
  } else {
    if (options.length > 0) wrong('options', `have no meaning for a ${kind}: leave them out, or ask for a choice`)
    if (reason) wrong('reason', `has no meaning for a ${kind}: only a choice says why somebody left`)
  }
  if (comment && (kind === 'choice' || kind === 'text')) {
    wrong('comment', `has no meaning for a ${kind}: a comment goes with a scale`)
  }
  if (bytesOf([text, ...options]) > WORDS_BYTES) wrong('text', tooWordy)
})

const SHARE = /^(\d{1,2}(?:\.\d{1,4})?)%$/
const NO_SHARE = `must be a share from ${HOLDOUT_LEAST} to ${HOLDOUT_MOST}, such as 0.5 or "50%"`

/** A share as a number, or in percent. */
const holdout = z.union([z.number(), z.string()], { error: NO_SHARE }).transform((given, context) => {
  const percent = typeof given === 'string' ? SHARE.exec(given)?.[1] : undefined
  const share = typeof given === 'number' ? given : Number(percent) / 100
  if (share >= HOLDOUT_LEAST && share <= HOLDOUT_MOST) return share
  context.issues.push({ code: 'custom', message: NO_SHARE, input: given })
  return z.NEVER
})

const isHref = (text: string): boolean => {
  if (text.length > HREF_CHARS) return false
  if (/^\/(?![/\\])[^\s\p{Cc}]*$/u.test(text)) return true
  return /^https?:\/\/[^\s\p{Cc}]+$/u.test(text) && URL.canParse(text)
}

const link = object({
  href: z.string().refine(isHref, { error: 'must be a whole http or https address, or a path that starts with one /' }),
  text: textByLanguage,
})

/** One message to visitors in trouble, where it is getting worse. */
export const nudgeSchema = object({
  id,
  touchpoints,
  text: textByLanguage,
  link: link.optional(),
  signals: signals.optional(),
  holdout: holdout.default(HOLDOUT),
  validFor: validFor.default(NUDGE_VALID_MS),
}).superRefine(({ text, link }, context) => {
  if (bytesOf(link === undefined ? [text] : [text, link.text]) <= WORDS_BYTES) return
  context.addIssue({ code: 'custom', path: ['text'], message: tooWordy })
})

const pause = (kind: Duration) => within(kind, 0, BUDGET_MOST_MS)
const { sessionMs, everyMs, afterAnswerMs, afterDismissalMs, mostMs } = DEFAULT_CONFIG.budget

/** How often one person may be asked, over all asks. */
export const budgetSchema = object({
  session: pause(duration).default(sessionMs),
  every: pause(durationOrNone).default(everyMs),
  afterAnswer: pause(durationOrNone).default(afterAnswerMs),
  afterDismissal: pause(durationOrNone).default(afterDismissalMs),
  most: pause(durationOrNone).default(mostMs),
}).superRefine(({ afterDismissal, most }, context) => {
  if (afterDismissal <= most) return
  const message = 'is shorter than afterDismissal, which it bounds: lengthen it'
  context.addIssue({ code: 'custom', path: ['most'], message })
})

export const asksSchema = z.array(askSchema).max(ASKS)
export const nudgesSchema = z.array(nudgeSchema).max(NUDGES)

export type AskConfig = z.infer<typeof askSchema>
export type NudgeConfig = z.infer<typeof nudgeSchema>
export type BudgetConfig = z.infer<typeof budgetSchema>

interface Named {
  readonly id: string
}

/** Where an id stands that another ask or nudge has already; null: nowhere. */
export const idTwice = (asks: readonly Named[], nudges: readonly Named[]): (string | number)[] | null => {
  const seen = new Set<string>()
  for (const [name, list] of [
    ['asks', asks],
    ['nudges', nudges],
  ] as const) {
    for (const [index, { id }] of list.entries()) {
      if (seen.has(id)) return [name, index, 'id']
      seen.add(id)
    }
  }
  return null
}
