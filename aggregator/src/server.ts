import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { Alerts } from './alerts/index.js'
import { Board } from './board/index.js'
import { Closers } from './closers.js'
import { type Config, toEngineConfig } from './config/index.js'
import { type Embedded, openEmbedded } from './embedded/index.js'
import { type EngineConfig, View } from './engine/index.js'
import {
  Access,
  Addresses,
  Appender,
  DayIdentity,
  Door,
  Gateway,
  MetricsPort,
  Proxies,
  readTls,
  SETTLE_MS,
  SOCKET_PATH,
  Sockets,
  steadyMs,
  Ticker,
} from './gateway/index.js'
import { Intake } from './intake/index.js'
import { keeping, telling } from './kept.js'
import { TimedLog } from './metrics/index.js'
import { observe } from './observed.js'
import { operated, retaining } from './operated.js'
import { Gate, type Operations } from './ops/index.js'
import { type EventLog, systemClock } from './ports.js'
import { type Changeable, Reload } from './reload.js'
import { routing } from './routing.js'
import { layFoundation, Worker } from './worker/index.js'

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

const randomKey = (): [number, number] => {
  const bytes = randomBytes(8)
  return [bytes.readUInt32LE(0), bytes.readUInt32LE(4)]
}

const written = (host: string): string => (host.includes(':') ? `[${host}]` : host)

/**
 * Starts a whole aggregator in this process and resolves once it is ready. Rejects with StartRefused, or with what the
 * adapters throw, where the data directory can't be used.
 */
export const startServer = async (options: ServerOptions): Promise<RunningServer> => {
  const { config, logger } = options
  const { host, port, dataDir, partitions, trustProxy } = config.server
  const limits = { ...config.server.limits }
  const tls = config.server.tls === undefined ? null : readTls(config.server.tls)
  const addresses = new Addresses(limits, steadyMs)
  const gateway = new Gateway({ limits, logger, addresses, proxies: new Proxies(trustProxy), tls })
  const actualPort = await gateway.listen(host, port)
  const metricsPort = new MetricsPort()
  const closers = new Closers()
  // First of all nobody is let in any more: what is opened later is added below these.
  const shut = async (): Promise<void> => {
    await gateway.close()
    await metricsPort.close()
    await closers.close()
  }
  let closing: Promise<void> | null = null
  const close = (): Promise<void> => {
    closing ??= shut()
    return closing
  }
  try {
    const metricsUrl = await listenForMetrics(metricsPort, config)
    const embedded = await (options.open ?? openEmbedded)(dataDir, { partitions, warn: text => logger.warn(text) })
    closers.add(() => embedded.close())
    const running = await assemble(embedded, gateway, metricsPort, closers, options, limits)
    const address = `${written(host)}:${actualPort}`
    logger.info({ host, port: actualPort, partitions, clock: config.server.clock }, 'listening')
    const s = tls === null ? '' : 's'
    const urls = { url: `http${s}://${address}`, socketUrl: `ws${s}://${address}${SOCKET_PATH}`, metricsUrl }
    return { ...urls, port: actualPort, ...running, close }
  } catch (error) {
    await close()
    throw error
  }
}

const listenForMetrics = async (port: MetricsPort, { server: { metrics } }: Config): Promise<string | null> =>
  metrics === undefined
    ? null
    : `http://${written(metrics.host)}:${await port.listen(metrics.host, metrics.port)}/metrics`

const lastEntries = async (log: EventLog): Promise<number[]> => {
  const last: number[] = []
  for (let partition = 0; partition < log.partitions; partition++) last.push((await log.bounds(partition)).last)
  return last
}

const assemble = async (
  embedded: Embedded,
  gateway: Gateway,
  metricsPort: MetricsPort,
  closers: Closers,
  { config, logger, onFatal = throwLater, journey = toEngineConfig(config), delaysMs }: ServerOptions,
  limits: Changeable['limits'],
): Promise<Pick<RunningServer, 'reload' | 'operations'>> => {
  const { bus, store } = embedded
  const log = new TimedLog(embedded.log)
  const { addresses, proxies, tally } = gateway
  const { clock: mode, host, hosts } = config.server
  const clock = systemClock
  const { key } = await layFoundation({ log, store, config: journey, clock: mode, randomKey })
  const days = await DayIdentity.open(store, clock, () => store.compact())
  const access = new Access(config, () => limits.secretsPerAddressPerSecond)
  const door = new Door({ access, hosts: [host, ...hosts] })
  const intake = new Intake(key, log.partitions, mode === 'data', (code, count) => tally.refusedEvents.add(code, count))
  const appender = new Appender({ log, intake, limits, logger, tally, durable: await lastEntries(log) })
  const onError = (error: unknown): void => logger.error({ err: error }, 'an update of the board failed')
  const board = new Board({ view: new View(log.partitions), bus, clock, onError })
  closers.add(() => board.close())
  const onFolded = appender.folded.bind(appender)
  const imageMs = config.server.imageSeconds * 1_000
  const gate = new Gate()
  const onImage = retaining({ embedded, gate, logger, clock, retentionHours: config.server.retentionHours })
  const keeper = keeping(store, logger)
  const told = { log, store, bus, clock, logger, key, imageMs, onImage, onFolded, onFatal }
  const worker = await Worker.start({ ...told, history: keeper })
  closers.add(() => worker.close())
  closers.add(() => appender.drain())
  const ticker = new Ticker({ appender, intake, days, clock, mode, logger })
  closers.add(() => ticker.close())
  const settle = async (): Promise<void> => {
    await ticker.catchUp()
    await board.reached(appender.durable, SETTLE_MS)
  }
  const sockets = new Sockets({ access, addresses, days, appender, board, limits, clock, tally }, door, proxies, logger)
  closers.add(() => sockets.close())
  const history = telling({ access, board, store, keeper, partitions: log.partitions, logger, settle })
  const operations = operated({ embedded, gate, key, clock, worker, appender, settle })
  closers.add(() => operations.close())
  await settle()
  const onChange = sockets.inform.bind(sockets)
  const isReplay = mode === 'data'
  const alerts = await Alerts.open({ board, store, clock, logger, config, isReplay, onChange, delaysMs })
  closers.add(() => alerts.close())
  const observed = observe({ gateway, log, appender, board, worker, alerts, mode })
  metricsPort.open({ exposition: observed.exposition, door })
  const parts = { access, addresses, days, appender, limits, clock, board, door, proxies, operations, alerts, observed }
  gateway.open(routing({ ...parts, history, settle, logger, project: config.project }), sockets)

  const reload = new Reload({ access, door, sockets, gateway, appender, alerts, store, limits }, config)
  return { operations, reload: next => reload.apply(next) }
}
