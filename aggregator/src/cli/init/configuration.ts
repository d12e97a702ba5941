import { randomBytes } from 'node:crypto'
import { newSecret } from '../keys.js'
import { sha256Of } from '../secret-id.js'
import { type Answers, stagesOf } from './answers.js'

/** A secret of Standard Webhooks has 24 to 64 bytes. */
const HOOK_SECRET_BYTES = 32
const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** A configuration, and the secrets of which it holds only the hashes. */
export interface Made {
  readonly value: Readonly<Record<string, unknown>>
  readonly pageKey: string
  readonly readToken: string
  readonly serviceKey: string | null
}

const formatOf = (host: string): 'slack' | 'teams' | 'standard' => {
  if (host === 'hooks.slack.com') return 'slack'
  return /\.(webhook\.office\.com|logic\.azure\.com|powerplatform\.com)$/.test(host) ? 'teams' : 'standard'
}

const hookOf = (url: string): Record<string, unknown> => {
  const { hostname } = new URL(url)
  const format = formatOf(hostname)
  return {
    url,
    ...(format === 'standard' ? { secret: `whsec_${randomBytes(HOOK_SECRET_BYTES).toString('base64')}` } : { format }),
    ...(LOOPBACK.test(hostname) && { allowInternal: true }),
  }
}

const RULES = [
  { name: 'customers are unhappy', touchpoint: '*', figure: 'sentiment', below: -0.2, window: '5m', for: '2m' },
  { name: 'customers struggle', touchpoint: '*', figure: 'friction', above: 0.3, window: '5m', for: '2m' },
] as const

/** Makes the secrets too: they are other ones every time. */
export const configurationOf = ({ project, origins, steps, hook, service }: Answers): Made => {
  const [pageKey, readToken] = [newSecret('pk_'), newSecret('rt_')]
  const serviceKey = service ? newSecret('sk_') : null
  const touchpoints = steps.map(({ touchpoint, stage, end }) => [touchpoint, { stage, ...(end && { end }) }])
  const value = {
    project,
    keys: [{ key: pageKey, origins }, ...(serviceKey === null ? [] : [{ sha256: sha256Of(serviceKey) }])],
    readTokens: [{ sha256: sha256Of(readToken), touchpoints: ['*'], scopes: ['pulse', 'voice', 'incidents'] }],
    journey: { stages: stagesOf(steps), touchpoints: Object.fromEntries(touchpoints) },
    ...(hook !== null && { rules: RULES.map(rule => ({ ...rule, hook: 'ops' })), hooks: { ops: hookOf(hook) } }),
  }
  return { value, pageKey, readToken, serviceKey }
}

const LINE_CHARS = 100

const written = (value: unknown, indent: string): string => {
  const line = JSON.stringify(value, null, 1).replace(/\n */g, ' ')
  if (typeof value !== 'object' || value === null || (indent !== '' && line.length <= LINE_CHARS)) return line
  const inner = `${indent}  `
  const [open, close, items] = Array.isArray(value)
    ? ['[', ']', value.map(item => written(item, inner))]
    : ['{', '}', Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${written(item, inner)}`)]
  return `${open}\n${items.map(item => inner + item).join(',\n')}\n${indent}${close}`
}

/** As JSON that people like to edit: what is short stays on one line. */
export const textOf = (value: Readonly<Record<string, unknown>>): string => `${written(value, '')}\n`
