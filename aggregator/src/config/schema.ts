import { CUT_DIMENSIONS } from '@pulssi/protocol'
import { z } from 'zod'
import { DEFAULT_LIMITS, type Limits } from '../gateway/limits.js'
import { issuersSchema, keysSchema, readTokensSchema } from './access.js'
import { HOOKS, hookSchema, RULES, ruleSchema } from './alerts.js'
import { asksSchema, budgetSchema, idTwice, nudgesSchema } from './asks.js'
import { journeySchema } from './journey.js'
import { CLUSTER_PARTITIONS, checkCluster, natsSchema, rolesSchema, WORKERS } from './nats.js'
import { object } from './problems.js'
import { readRange } from './ranges.js'

export const PARTITIONS = 256
const NAME = /^[a-z0-9_-]{1,32}$/

const positive = z.int().min(1).max(Number.MAX_SAFE_INTEGER)
const limitNames = Object.keys(DEFAULT_LIMITS) as (keyof Limits)[]
const limitShape = Object.fromEntries(limitNames.map(name => [name, positive.default(DEFAULT_LIMITS[name])]))

const server = object({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(8700),
  /** Names beside `host` under which clients may call (their Host header). */
  hosts: z.array(z.string().min(1)).default([]),
  /** Address ranges of the proxies in front of this server, whose X-Forwarded-For is believed. */
  trustProxy: z
    .array(
      z.string().refine(text => readRange(text) !== null, {
        error: 'is no address range: write it as CIDR, such as "10.0.0.0/8"',
      }),
    )
    .default([]),
  /** A port for the metrics alone, which asks for no token. */
  metrics: object({
    host: z.string().min(1).default('127.0.0.1'),
    port: z.int().min(0).max(65_535),
  }).optional(),
  dataDir: z.string().min(1).default('.pulssi'),
  /** Paths of a certificate chain and its private key (PEM): then it speaks HTTPS and WSS, and nothing else. */
  tls: object({ cert: z.string().min(1), key: z.string().min(1) }).optional(),
  retentionHours: z
    .int()
    .min(1)
    .max(24 * 400)
    .default(72),
  /** Between two images of a partition; after a crash, what came since is replayed from the log. */
  imageSeconds: z.int().min(1).max(86_400).default(300),
  /** One, or 16 in a cluster; fixed once the log is made. */
  partitions: z.int().min(1).max(PARTITIONS).optional(),
  /** Without it this process is alone. */
  nats: natsSchema.optional(),
  /** What this process does, in a cluster. */
  roles: rolesSchema,
  /** Processes on this machine that serve partitions. */
  workers: z.int().min(1).max(WORKERS).default(1),
  clock: z.enum(['wall', 'data']).default('wall'),
  limits: object(limitShape as Record<keyof Limits, z.ZodDefault<typeof positive>>).prefault({}),
})
  .superRefine(checkCluster)
  .transform(({ partitions, ...rest }) => ({
    ...rest,
    partitions: partitions ?? (rest.nats === undefined ? 1 : CLUSTER_PARTITIONS),
  }))

const firstTwice = (names: readonly string[]): number => names.findIndex((name, index) => names.indexOf(name) < index)

/** The whole configuration. Rules, hooks and cuts are checked like everything else. */
export const configSchema = object({
  project: z
    .string()
    .regex(NAME, { error: 'must be lower case letters, digits, _ and -, 32 at most' })
    .default('pulssi'),
  server: server.prefault({}),
  keys: keysSchema.default([]),
  readTokens: readTokensSchema.default([]),
  /** Who signs the read tokens that are JWTs. */
  jwt: issuersSchema.default([]),
  journey: journeySchema.prefault({}),
  cuts: z
    .array(z.string().regex(NAME, { error: 'is no dimension: lower case letters, digits, _ and -' }))
    .max(CUT_DIMENSIONS)
    .default([]),
  rules: z.array(ruleSchema).max(RULES).default([]),
  hooks: z
    .record(z.string().regex(NAME, { error: 'is no name: lower case letters, digits, _ and -' }), hookSchema)
    .refine(hooks => Object.keys(hooks).length <= HOOKS, { error: `are more than ${HOOKS}: leave some out` })
    .default({}),
  asks: asksSchema.default([]),
  nudges: nudgesSchema.default([]),
  budget: budgetSchema.prefault({}),
}).superRefine(({ cuts, rules, hooks, asks, nudges }, context) => {
  const twice = (path: string, names: readonly string[], last?: string): void => {
    const index = firstTwice(names)
    if (index < 0) return
    const whole = last === undefined ? [path, index] : [path, index, last]
    context.addIssue({ code: 'custom', path: whole, message: 'is there twice: leave one out' })
  }
  twice('cuts', cuts)
  twice(
    'rules',
    rules.map(({ name }) => name),
    'name',
  )
  const path = idTwice(asks, nudges)
  if (path !== null) {
    context.addIssue({ code: 'custom', path, message: 'is there twice: each ask and each nudge has an id of its own' })
  }
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
export type Issuer = Config['jwt'][number]
export type Rule = Config['rules'][number]
export type Hook = Config['hooks'][string]
export type { AskConfig, BudgetConfig, NudgeConfig } from './asks.js'
export type { TextByLanguage } from './texts.js'
