import { setTimeout as wait } from 'node:timers/promises'
import type { Alerting } from './alerting.js'
import type { Words } from './asks/index.js'
import { type Config, toEngineConfig } from './config/index.js'
import {
  type Access,
  type Appender,
  type Door,
  type Gateway,
  type Limits,
  readTls,
  type Sockets,
} from './gateway/index.js'
import type { Store } from './ports.js'
import { keepConfig } from './worker/index.js'

/** How often the log is asked to take the new journey map before it is left for the next time. */
const TRIES = 5
/** Read by whoever uses them, each time anew. */
const LIVE = new Set([
  'project',
  'keys',
  'readTokens',
  'jwt',
  'journey',
  'rules',
  'hooks',
  'asks',
  'nudges',
  'budget',
  'server.hosts',
  'server.limits',
  'server.tls',
])
/** Limits that were handed over at the start for good. */
const FIXED_LIMITS = ['frameBytes', 'fragments', 'pingMs', 'requestMs', 'headersMs'] as const

/** What a running server lets be changed. */
export interface Changeable {
  readonly access: Access
  readonly words: Words
  readonly door: Door
  readonly sockets: Sockets
  readonly gateway: Gateway
  readonly appender: Appender
  readonly alerts: Pick<Alerting, 'replace'>
  readonly store: Store
  /** Shared with all that keep to them. */
  readonly limits: { -readonly [name in keyof Limits]: Limits[name] }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

const SERVER = 'server.'

const at = (config: Config, path: string): unknown =>
  (path.startsWith(SERVER) ? config.server : config)[path.replace(SERVER, '') as never]

/** Paths of what differs and stays as it is until the next start. */
export const fixedChanges = (before: Config, after: Config): string[] => {
  const paths = [before, after].flatMap(config => [
    ...Object.keys(config).filter(name => name !== 'server'),
    ...Object.keys(config.server).map(name => SERVER + name),
  ])
  const changed = [...new Set(paths)].filter(path => !LIVE.has(path) && !same(at(before, path), at(after, path)))
  const limits = FIXED_LIMITS.filter(name => before.server.limits[name] !== after.server.limits[name])
  const turnsTls = (before.server.tls === undefined) !== (after.server.tls === undefined)
  return [...changed, ...limits.map(name => `server.limits.${name}`), ...(turnsTls ? ['server.tls'] : [])]
}

/** Takes up configurations, one after the other, while the server runs. */
export class Reload {
  readonly #parts: Changeable
  readonly #started: Config
  #engine: string
  #last: Promise<unknown> = Promise.resolve()

  /** `config`: what the server was started with. */
  constructor(parts: Changeable, config: Config) {
    this.#parts = parts
    this.#started = config
    this.#engine = JSON.stringify(toEngineConfig(config))
  }

  /**
   * Resolves with the paths of what will only hold after a restart. Rejects with ConfigError, or where the log doesn't
   * take the journey map; all else holds then.
   */
  apply(config: Config): Promise<readonly string[]> {
    const applied = this.#last.then(() => this.#apply(config))
    this.#last = applied.catch(() => undefined)
    return applied
  }

  async #apply(config: Config): Promise<readonly string[]> {
    const { access, words, door, sockets, gateway, alerts, limits } = this.#parts
    const { tls, host, hosts } = config.server
    if (tls !== undefined && this.#started.server.tls !== undefined) gateway.secure(readTls(tls))
    access.replace(config)
    words.replace(config)
    door.replace([this.#started.server.host, host, ...hosts])
    const fixed = Object.fromEntries(FIXED_LIMITS.map(name => [name, limits[name]]))
    Object.assign(limits, config.server.limits, fixed)
    sockets.review()
    alerts.replace(config)
    await this.#tell(config)
    return fixedChanges(this.#started, config)
  }

  /** Into every partition's log, in the order of its events; and then into what the next start compares with. */
  async #tell(config: Config): Promise<void> {
    const { appender, store } = this.#parts
    const engine = toEngineConfig(config)
    const text = JSON.stringify(engine)
    if (text === this.#engine) return
    for (let attempt = 1; ; attempt++) {
      const why = await appender.config(engine)
      if (why === null) break
      if (attempt === TRIES) throw new Error(`the journey map was not taken: ${why.message}; ask for it again`)
      await wait(why.retryMs)
    }
    this.#engine = text
    await keepConfig(store, engine)
  }
}
