import { WINDOWS } from '@pulssi/protocol'
import { z } from 'zod'
import { durationOrNone } from './duration.js'
import { isPattern } from './journey.js'
import { object } from './problems.js'

const ROLL_UP = /^~(journey|stage\.(\*|[a-z0-9_-]{1,32})|channel\.(\*|[a-z0-9_-]{1,32}))$/
const FALSE_ALARMS = /^[1-9]\d{0,3} per [1-9]\d{0,3} (hours|days)$/
/** How a rule says when it holds; each rule says it in exactly one way. */
const CONDITIONS = ['below', 'above', 'change', 'auto'] as const

export const ruleSchema = object({
  name: z.string().min(1).max(64),
  touchpoint: z.string().refine(text => isPattern(text) || ROLL_UP.test(text), {
    error: 'is neither a touchpoint, nor a pattern such as "shop.*", nor ~journey, ~stage.NAME, ~channel.NAME',
  }),
  figure: z.enum(['sentiment', 'dropOff', 'friction']),
  below: z.number().min(-1).max(1).optional(),
  above: z.number().min(-1).max(1).optional(),
  change: z.number().min(-1).max(1).optional(),
  auto: z
    .string()
    .regex(FALSE_ALARMS, { error: 'must say how many false alarms are bearable, such as "1 per 30 days"' })
    .optional(),
  window: z.enum(WINDOWS).default('5m'),
  for: durationOrNone.default(0),
  hook: z.string().optional(),
}).superRefine((rule, context) => {
  if (CONDITIONS.filter(condition => rule[condition] !== undefined).length === 1) return
  context.addIssue({ code: 'custom', message: `needs exactly one of ${CONDITIONS.join(', ')}` })
})

const isHttp = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)

export const hookSchema = object({
  url: z.string().refine(isHttp, { error: 'must be a whole http or https address' }),
  /** The secret itself, or `env:NAME` for the environment's. */
  secret: z.string().min(1),
  format: z.enum(['standard', 'slack', 'teams', 'pagerduty', 'alertmanager']).default('standard'),
  allowInternal: z.boolean().default(false),
})
