import { readFileSync } from 'node:fs'
import { ConfigError, type Problem, problemsFrom } from './problems.js'
import { type Config, configSchema } from './schema.js'
import { type Environment, resolveSecrets } from './secrets.js'

/** What overrides the file, in the order of the table: the environment first, then flags. */
export interface Flags {
  readonly host?: string | undefined
  readonly port?: string | number | undefined
  readonly data?: string | undefined
  readonly clock?: string | undefined
  readonly tlsCert?: string | undefined
  readonly tlsKey?: string | undefined
  readonly trustProxy?: readonly string[] | undefined
  readonly nats?: string | undefined
  readonly role?: string | undefined
  readonly workers?: string | number | undefined
  readonly metricsPort?: string | number | undefined
}

export interface ConfigSources {
  /** Path of the JSON file; without one everything has its default. */
  readonly file?: string | undefined
  readonly env: Environment
  readonly flags: Flags
}

/** Each flag, its variable, and the key of `server` that both override. */
export const OVERRIDES = {
  host: { variable: 'PULSSI_HOST', key: 'host' },
  port: { variable: 'PULSSI_PORT', key: 'port' },
  data: { variable: 'PULSSI_DATA', key: 'dataDir' },
  clock: { variable: 'PULSSI_CLOCK', key: 'clock' },
  tlsCert: { variable: 'PULSSI_TLS_CERT', key: 'tls.cert' },
  tlsKey: { variable: 'PULSSI_TLS_KEY', key: 'tls.key' },
  trustProxy: { variable: 'PULSSI_TRUST_PROXY', key: 'trustProxy' },
  nats: { variable: 'PULSSI_NATS', key: 'nats.servers' },
  role: { variable: 'PULSSI_ROLE', key: 'roles' },
  workers: { variable: 'PULSSI_WORKERS', key: 'workers' },
  metricsPort: { variable: 'PULSSI_METRICS_PORT', key: 'metrics.port' },
} as const

const LISTS: ReadonlySet<string> = new Set(['trustProxy', 'nats.servers', 'roles'])
const NUMBERS: ReadonlySet<string> = new Set(['port', 'workers', 'metrics.port'])

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1'])

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const readFile = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const message = missing ? 'there is no such file: check the path given to --config' : reasonOf(error)
    throw new ConfigError(file, [{ path: '', message }])
  }
}

/** A configuration's text as JSON. Throws ConfigError. */
export const readJson = (text: string, source: string): unknown => {
  const problems: Problem[] = []
  try {
    const value: unknown = JSON.parse(text, (key, part: unknown) => {
      if (key === '__proto__') problems.push({ path: '', message: 'a key is called __proto__: rename it' })
      return part
    })
    if (problems.length === 0) return value
  } catch (error) {
    throw new ConfigError(source, [{ path: '', message: `is no JSON: ${reasonOf(error)}` }])
  }
  throw new ConfigError(source, problems)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A variable or flag is text; some keys are not. */
const readValue = (key: string, given: string | number | readonly string[]): unknown => {
  if (typeof given !== 'string') return given
  if (LISTS.has(key)) return given.split(',').map(part => part.trim())
  return NUMBERS.has(key) && /^\d+$/.test(given) ? Number(given) : given
}

/** The file's value with the environment and the flags laid over `server`. A value of a wrong shape is left as it is. */
const override = (value: unknown, { env, flags }: ConfigSources): unknown => {
  if (!isObject(value)) return value
  const { server = {} } = value as { server?: unknown }
  if (!isObject(server)) return value
  const laidOver: Record<string, unknown> = { ...server }
  for (const flag of Object.keys(OVERRIDES) as (keyof typeof OVERRIDES)[]) {
    const { variable, key } = OVERRIDES[flag]
    const given = flags[flag] ?? env[variable]
    if (given === undefined || given === '') continue
    const [outer = key, inner] = key.split('.')
    if (inner !== undefined) {
      laidOver[outer] = { ...(isObject(laidOver[outer]) ? laidOver[outer] : {}), [inner]: readValue(key, given) }
      continue
    }
    laidOver[key] = readValue(key, given)
  }
  return { ...value, server: laidOver }
}

/** Keys and read tokens are all that stands between the network and the data. */
const checkBinding = ({ server, keys, readTokens, jwt }: Config): Problem[] => {
  if (keys.length + readTokens.length + jwt.length > 0 || LOOPBACK.has(server.host)) return []
  const message = `"${server.host}" is open to the network, and no keys or readTokens are set: set them, or use 127.0.0.1`
  return [{ path: 'server.host', message }]
}

/**
 * Checks the form alone, for who has not the environment that it will be read in: secrets stay as they are written.
 * Throws ConfigError.
 */
export const checkShape = (value: unknown, source: string): Config => {
  const result = configSchema.safeParse(value)
  if (!result.success) throw new ConfigError(source, problemsFrom(result.error))
  return result.data
}

/**
 * Checks a configuration that is at hand; secrets given as `env:NAME` are taken from `env`. Throws ConfigError with
 * every problem at once.
 */
export const parseConfig = (value: unknown, source = 'the configuration', env: Environment = process.env): Config => {
  const { config, problems } = resolveSecrets(checkShape(value, source), env)
  problems.push(...checkBinding(config))
  if (problems.length > 0) throw new ConfigError(source, problems)
  return config
}

/** Reads, overrides and checks. Throws ConfigError with every problem at once. */
export const loadConfig = (sources: ConfigSources): Config => {
  const value = sources.file === undefined ? {} : readJson(readFile(sources.file), sources.file)
  return parseConfig(override(value, sources), sources.file, sources.env)
}
