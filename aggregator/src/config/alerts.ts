import { WINDOWS } from '@pulssi/protocol'
import { z } from 'zod'
import { duration, durationOrNone } from './duration.js'
import { isPattern } from './journey.js'
import { object } from './problems.js'

export const RULES = 100
export const HOOKS = 20

const ROLL_UP = /^~(journey|stage\.(\*|[a-z0-9_-]{1,32})|channel\.(\*|[a-z0-9_-]{1,32}))$/
/** How a rule says when it holds; each rule says it in exactly one way. */
const CONDITIONS = ['below', 'above'] as const
/** A rule that holds and lets go within less would call people for nothing. */
const CLEAR_MS = 60_000

export const ruleSchema = object({
  name: z.string().min(1).max(64),
  touchpoint: z.string().refine(text => isPattern(text) || ROLL_UP.test(text), {
    error: 'is neither a touchpoint, nor a pattern such as "shop.*", nor ~journey, ~stage.NAME, ~channel.NAME',
  }),
  figure: z.enum(['sentiment', 'dropOff', 'friction']),
  below: z.number().min(-1).max(1).optional(),
  above: z.number().min(-1).max(1).optional(),
  window: z.enum(WINDOWS).default('5m'),
  /** How long it has to hold before it fires. */
  for: durationOrNone.default(0),
  /** How long it has to be well again before it is resolved; as long as `for`, and 1 min at least, unless set. */
  clear: duration.optional(),
  hook: z.string().optional(),
})
  .superRefine((rule, context) => {
    const given = CONDITIONS.filter(condition => rule[condition] !== undefined)
    if (given.length !== 1)
      context.addIssue({ code: 'custom', message: `needs exactly one of ${CONDITIONS.join(', ')}` })
    if (rule.figure === 'sentiment') return
    for (const condition of given) {
      if ((rule[condition] ?? 0) >= 0) continue
      const message = `must be at least 0: ${rule.figure} is a share`
      context.addIssue({ code: 'custom', path: [condition], message })
    }
  })
  .transform(rule => ({ ...rule, clear: rule.clear ?? Math.max(rule.for, CLEAR_MS) }))

export const FROM_ENVIRONMENT = /^env:(.*)$/
const NOT_HTTP = 'must be a whole http or https address'

const isHttp = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)

/** Throws an error that says what is wrong with a hook's address. */
export const checkUrl = (text: string): string => {
  if (isHttp(text)) return text
  throw new Error(NOT_HTTP)
}

export const hookSchema = object({
  /** As `secret`, it may be `env:NAME`: the address of a chat's webhook is a secret. */
  url: z.string().refine(text => FROM_ENVIRONMENT.test(text) || isHttp(text), { error: NOT_HTTP }),
  /**
   * What messages are signed with: `whsec_` and base64, or any text, whose bytes are the key; or `env:NAME`. Chats take
   * no signature.
   */
  secret: z.string().min(1).optional(),
  format: z.enum(['standard', 'slack', 'teams']).default('standard'),
  /** Whether it may lie on this machine, or on a network that isn't the public one. */
  allowInternal: z.boolean().default(false),
}).superRefine(({ format, secret }, context) => {
  if (format !== 'standard' || secret !== undefined) return
  const message = 'is missing: messages are signed with it; make one with: echo whsec_$(openssl rand -base64 32)'
  context.addIssue({ code: 'custom', path: ['secret'], message })
})

const PREFIX = 'whsec_'
/** Shorter ones can be guessed from one signed message. */
const SECRET_BYTES = 16

/** The key that a hook's messages are signed with. Throws an error that says what is wrong with the secret. */
export const hookKey = (secret: string): Buffer => {
  const isBase64 = secret.startsWith(PREFIX)
  const key = isBase64 ? Buffer.from(secret.slice(PREFIX.length), 'base64') : Buffer.from(secret)
  if (isBase64 && key.toString('base64') !== secret.slice(PREFIX.length)) {
    throw new Error(`is no base64 behind ${PREFIX}: make one with: echo whsec_$(openssl rand -base64 32)`)
  }
  if (key.length < SECRET_BYTES) throw new Error(`is shorter than ${SECRET_BYTES} bytes: take a longer one`)
  return key
}
