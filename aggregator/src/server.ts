import type { Logger } from 'pino'
import { type Alerting, type OnChange, openAlerting } from './alerting.js'
import { Closers } from './closers.js'
import type { Config } from './config/index.js'
import type { openEmbedded } from './embedded/index.js'
import type { EngineConfig } from './engine/index.js'
import {
  Access,
  Addresses,
  Door,
  Gateway,
  type Limits,
  MetricsPort,
  Proxies,
  readTls,
  SOCKET_PATH,
  steadyMs,
  type Tls,
} from './gateway/index.js'
import { type Ground, isCluster, isEmbedded, layGround } from './ground.js'
import { observe } from './observed.js'
import type { Operations } from './ops/index.js'
import { type Changeable, fixedChanges, Reload } from './reload.js'
import { routing } from './routing.js'
import { openBoard, openIntake, openServing } from './serving.js'
import { type OnFolded, type Working, workAlone, workAmongOthers } from './working.js'

export interface ServerOptions {
  readonly config: Config
  readonly logger: Logger
  /**
   * The engines or the log can't go on; what was acknowledged is safe in the log. By default the error is thrown
   * where nothing catches it, so that the process ends and a fresh one replays.
   */
  readonly onFatal?: (error: Error) => void
  /** In place of the configuration's journey map: the one that the data folder was counted with. */
  readonly journey?: EngineConfig
  /** In place of the schedule by which hooks are called again (see RETRY_DELAYS_MS). */
  readonly delaysMs?: readonly number[]
  /** Opens the ports in place of the embedded adapters: for faults on purpose. */
  readonly open?: typeof openEmbedded
}

/** A process of Pulssi, whatever its roles. */
export interface Member {
  /** null: it has no gateway. */
  readonly server: RunningServer | null
  /** Of the port for the metrics alone; null where there is none. */
  readonly metricsUrl: string | null
  /** As that of the server; without a gateway it takes up rules and hooks. */
  reload(config: Config): Promise<readonly string[]>
  /** Says goodbye to clients, makes durable what was taken, hands over what it serves, closes. */
  close(): Promise<void>
}

export interface RunningServer {
  /** Of the screen and of HTTP, such as `http://127.0.0.1:8700`. */
  readonly url: string
  /** Of the WebSocket. */
  readonly socketUrl: string
  readonly port: number
  /** Of the port for the metrics alone; null where there is none. */
  readonly metricsUrl: string | null
  /** Backup, compaction, what is known of a visitor. */
  readonly operations: Operations
  /**
   * Takes up another configuration: keys, tokens, origins, hosts, limits (those of a connection from its hello on),
   * certificate, journey map, rules and hooks. Resolves with the paths of what will only hold after a restart; rejects with
   * ConfigError where a file of it can't be read.
   */
  reload(config: Config): Promise<readonly string[]>
  /** Says goodbye to clients, makes durable what was taken, stores an image, closes. */
  close(): Promise<void>
}

const throwLater = (error: Error): void => {
  queueMicrotask(() => {
    throw error
  })
}

const written = (host: string): string => (host.includes(':') ? `[${host}]` : host)

/**
 * Starts a process with a gateway and resolves once it is ready. Rejects with StartRefused, or with what the adapters
 * throw, where the data directory or the cluster can't be used.
 */
export const startServer = async (options: ServerOptions): Promise<RunningServer> => {
  const { server } = await startMember(options)
  if (server === null) throw new Error('server.roles has no gateway: nothing would listen')
  return server
}

/** Starts a process with the roles that its configuration says. Rejects as `startServer`. */
export const startMember = async (options: ServerOptions): Promise<Member> => {
  const { config } = options
  const { host, port, roles } = config.server
  const limits = { ...config.server.limits }
  const { gateway, tls } = newGateway(options, limits)
  const isListening = roles.includes('gateway')
  const actualPort = isListening ? await gateway.listen(host, port) : 0
  const metricsPort = new MetricsPort()
  const starting: Starting = { options, gateway, limits, metricsPort, closers: new Closers(), leave: async () => {} }
  let closing: Promise<void> | null = null
  // Nobody is let in any more, and others take over what is served here, at the same time.
  const shut = async (): Promise<void> => {
    const ended = await Promise.allSettled([gateway.close(), starting.leave()])
    await metricsPort.close()
    await starting.closers.close()
    for (const end of ended) if (end.status === 'rejected') throw end.reason
  }
  const close = (): Promise<void> => {
    closing ??= shut()
    return closing
  }
  try {
    const metricsUrl = await listenForMetrics(metricsPort, config)
    const { operations, reload } = await assemble(starting)
    if (operations === null) return { server: null, metricsUrl, reload, close }
    const address = `${written(host)}:${actualPort}`
    options.logger.info({ host, port: actualPort, clock: config.server.clock, roles }, 'listening')
    const s = tls === null ? '' : 's'
    const urls = { url: `http${s}://${address}`, socketUrl: `ws${s}://${address}${SOCKET_PATH}`, metricsUrl }
    return { server: { ...urls, port: actualPort, operations, reload, close }, metricsUrl, reload, close }
  } catch (error) {
    await close()
    throw error
  }
}

interface Starting {
  readonly options: ServerOptions
  readonly gateway: Gateway
  readonly limits: Changeable['limits']
  readonly metricsPort: MetricsPort
  readonly closers: Closers
  /** Gives back what others can take over. */
  leave: () => Promise<void>
}

const newGateway = ({ config, logger }: ServerOptions, limits: Limits): { gateway: Gateway; tls: Tls | null } => {
  const { trustProxy } = config.server
  const tls = config.server.tls === undefined ? null : readTls(config.server.tls)
  const addresses = new Addresses(limits, steadyMs)
  return { gateway: new Gateway({ limits, logger, addresses, proxies: new Proxies(trustProxy), tls }), tls }
}

const listenForMetrics = async (port: MetricsPort, { server: { metrics } }: Config): Promise<string | null> =>
  metrics === undefined
    ? null
    : `http://${written(metrics.host)}:${await port.listen(metrics.host, metrics.port)}/metrics`

interface Assembled extends Pick<RunningServer, 'reload'> {
  /** null: there is no gateway. */
  readonly operations: Operations | null
}

const assemble = async (starting: Starting): Promise<Assembled> => {
  const { options, gateway, limits, metricsPort } = starting
  const { config, delaysMs } = options
  const { roles, hosts } = config.server
  const ground = await layGround({ ...options, onFatal: options.onFatal ?? throwLater, closers: starting.closers })
  const isGateway = roles.includes('gateway')
  const board = isGateway || roles.includes('alerts') ? openBoard(ground) : null
  const intaking = board !== null && isGateway ? await openIntake(ground, board, gateway, limits) : null
  const working = await openWorking(ground, folded => intaking?.appender.folded(folded))
  starting.leave = async () => working?.drain()
  const serving =
    board !== null && intaking !== null
      ? await openServing({ ground, gateway, board, limits, working, ...intaking })
      : null
  await serving?.begun()
  const onChange: OnChange = (incident, at) => serving?.sockets.inform(incident, at)
  const alerting = board === null ? null : await openAlerting({ ground, board, isGateway, onChange, delaysMs })
  starting.leave = async () => void (await Promise.all([working?.drain(), alerting?.drain()]))
  const appender = intaking?.appender ?? null
  const observed = observe({ ground, gateway, appender, board, working, alerting })
  metricsPort.open({
    ...observed,
    door: serving?.door ?? new Door({ access: new Access(config, () => limits.secretsPerAddressPerSecond), hosts }),
  })
  if (serving === null || board === null || intaking === null || alerting === null) {
    return { operations: null, reload: async next => reloadParts(alerting, config, next) }
  }
  const { access, words, door, sockets, operations } = serving
  const { addresses, proxies } = gateway
  const { clock, logger, store } = ground
  const parts = { addresses, limits, clock, board, proxies, observed, logger, project: config.project }
  gateway.open(routing({ ...parts, ...serving, ...intaking, alerts: alerting.desk }), sockets)
  const changeable = {
    access,
    words,
    door,
    sockets,
    gateway,
    limits,
    store,
    appender: intaking.appender,
    alerts: alerting,
  }
  const reload = new Reload(changeable, config)
  return { operations, reload: next => reload.apply(next) }
}

const reloadParts = (alerting: Alerting | null, before: Config, next: Config): readonly string[] => {
  alerting?.replace(next)
  return fixedChanges(before, next)
}

const openWorking = async (ground: Ground, onFolded: OnFolded): Promise<Working | null> => {
  if (isEmbedded(ground)) return await workAlone(ground, onFolded)
  const isWorker = ground.config.server.roles.includes('worker')
  return isCluster(ground) && isWorker ? await workAmongOthers(ground) : null
}
