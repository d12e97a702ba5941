import { CUT_DIMENSIONS, KEY_CHARS } from '@pulssi/protocol'
import { z } from 'zod'
import { DEFAULT_LIMITS, type Limits } from '../gateway/limits.js'
import { hookSchema, ruleSchema } from './alerts.js'
import { channelName, isPattern, journeySchema } from './journey.js'
import { object } from './problems.js'

export const PARTITIONS = 256
const NAME = /^[a-z0-9_-]{1,32}$/
const KEY = /^(pk|sk)_[A-Za-z0-9_-]+$/

const positive = z.int().min(1).max(Number.MAX_SAFE_INTEGER)
const limitNames = Object.keys(DEFAULT_LIMITS) as (keyof Limits)[]
const limitShape = Object.fromEntries(limitNames.map(name => [name, positive.default(DEFAULT_LIMITS[name])]))

const origin = z.string().refine(text => URL.canParse(text) && new URL(text).origin === text, {
  error: 'is no origin: write scheme, host and port alone, such as "https://shop.example"',
})

const server = object({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(8700),
  /** Names beside `host` under which clients may call (their Host header). */
  hosts: z.array(z.string().min(1)).default([]),
  dataDir: z.string().min(1).default('.pulssi'),
  retentionHours: z
    .int()
    .min(1)
    .max(24 * 400)
    .default(72),
  partitions: z.int().min(1).max(PARTITIONS).default(1),
  clock: z.enum(['wall', 'data']).default('wall'),
  limits: object(limitShape as Record<keyof Limits, z.ZodDefault<typeof positive>>).prefault({}),
})

/** A page's key writes from its origins to its channels; a service's needs no origin and writes everywhere. */
const key = object({
  key: z
    .string()
    .max(KEY_CHARS)
    .regex(KEY, { error: 'is no key: it starts with pk_ (pages) or sk_ (services); letters, digits, _ and - follow' }),
  origins: z.array(origin).optional(),
  channels: z.array(channelName).min(1).optional(),
})
  .superRefine(({ key, origins, channels }, context) => {
    const isPage = key.startsWith('pk_')
    if (isPage && (origins ?? []).length === 0) {
      const message = 'is missing: a page key lists the origins it may be used from, such as ["https://shop.example"]'
      context.addIssue({ code: 'custom', path: ['origins'], message })
    }
    if (isPage) return
    const message = 'has no meaning for a service key (sk_), which no origin or channel binds: leave it out'
    if (origins !== undefined) context.addIssue({ code: 'custom', path: ['origins'], message })
    if (channels !== undefined) context.addIssue({ code: 'custom', path: ['channels'], message })
  })
  .transform(({ key, origins, channels }) =>
    key.startsWith('pk_')
      ? { kind: 'page' as const, key, origins: origins ?? [], channels: channels ?? ['web'] }
      : { kind: 'service' as const, key },
  )

const readToken = object({
  token: z.string().min(1).optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, { error: 'must be 64 hexadecimal digits in lower case' })
    .optional(),
  touchpoints: z
    .array(z.string().refine(isPattern, { error: 'is no touchpoint and no pattern such as "shop.*"' }))
    .min(1)
    .default(['*']),
  scopes: z
    .array(z.enum(['pulse', 'voice', 'incidents', 'admin']))
    .min(1)
    .default(['pulse']),
})
  .superRefine(({ token, sha256 }, context) => {
    if ((token === undefined) !== (sha256 === undefined)) return
    context.addIssue({ code: 'custom', message: 'needs either the token or its sha256, not both' })
  })
  .transform(({ token, sha256, touchpoints, scopes }) =>
    token === undefined
      ? { kind: 'sha256' as const, sha256: sha256 ?? '', touchpoints, scopes }
      : { kind: 'plain' as const, token, touchpoints, scopes },
  )

const firstTwice = (names: readonly string[]): number => names.findIndex((name, index) => names.indexOf(name) < index)

/** The whole configuration. Rules, hooks and cuts are checked like everything else. */
export const configSchema = object({
  project: z
    .string()
    .regex(NAME, { error: 'must be lower case letters, digits, _ and -, 32 at most' })
    .default('pulssi'),
  server: server.prefault({}),
  keys: z.array(key).default([]),
  readTokens: z.array(readToken).default([]),
  journey: journeySchema.prefault({}),
  cuts: z
    .array(z.string().regex(NAME, { error: 'is no dimension: lower case letters, digits, _ and -' }))
    .max(CUT_DIMENSIONS)
    .default([]),
  rules: z.array(ruleSchema).default([]),
  hooks: z
    .record(z.string().regex(NAME, { error: 'is no name: lower case letters, digits, _ and -' }), hookSchema)
    .default({}),
}).superRefine(({ keys, cuts, rules, hooks }, context) => {
  const twice = (path: string, names: readonly string[], last?: string): void => {
    const index = firstTwice(names)
    if (index < 0) return
    const whole = last === undefined ? [path, index] : [path, index, last]
    context.addIssue({ code: 'custom', path: whole, message: 'is there twice: leave one out' })
  }
  twice(
    'keys',
    keys.map(({ key }) => key),
    'key',
  )
  twice('cuts', cuts)
  twice(
    'rules',
    rules.map(({ name }) => name),
    'name',
  )
  for (const [index, { hook }] of rules.entries()) {
    if (hook === undefined || Object.hasOwn(hooks, hook)) continue
    const message = `"${hook}" is not among the hooks (${Object.keys(hooks).join(', ') || 'there are none'})`
    context.addIssue({ code: 'custom', path: ['rules', index, 'hook'], message })
  }
})

/** The configuration once read: durations in ms, every default filled in. */
export type Config = z.infer<typeof configSchema>
export type WriteKey = Config['keys'][number]
export type ReadToken = Config['readTokens'][number]
