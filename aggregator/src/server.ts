import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { Board } from './board/index.js'
import { type Config, toEngineConfig } from './config/index.js'
import { type Embedded, openEmbedded } from './embedded/index.js'
import { View } from './engine/index.js'
import {
  Access,
  Appender,
  DayIdentity,
  Door,
  EventsRoute,
  Files,
  Gateway,
  ReadRoutes,
  Router,
  SETTLE_MS,
  SOCKET_PATH,
  Sockets,
  Ticker,
} from './gateway/index.js'
import { Intake } from './intake/index.js'
import { type EventLog, systemClock } from './ports.js'
import { layFoundation, Worker } from './worker/index.js'

export interface ServerOptions {
  readonly config: Config
  readonly logger: Logger
  /**
   * The engines or the log can't go on; what was acknowledged is safe in the log. By default the error is thrown
   * where nothing catches it, so that the process ends and a fresh one replays.
   */
  readonly onFatal?: (error: Error) => void
}

export interface RunningServer {
  /** Of the screen and of HTTP, such as `http://127.0.0.1:8700`. */
  readonly url: string
  /** Of the WebSocket. */
  readonly socketUrl: string
  readonly port: number
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
  const { host, port, dataDir, partitions } = config.server
  const gateway = new Gateway(config.server.limits, logger)
  const actualPort = await gateway.listen(host, port)
  let embedded: Embedded | null = null
  try {
    embedded = await openEmbedded(dataDir, { partitions })
    const running = await assemble(embedded, gateway, options)
    const address = `${written(host)}:${actualPort}`
    logger.info({ host, port: actualPort, partitions, clock: config.server.clock }, 'listening')
    return { url: `http://${address}`, socketUrl: `ws://${address}${SOCKET_PATH}`, port: actualPort, ...running }
  } catch (error) {
    await gateway.close()
    await embedded?.close()
    throw error
  }
}

const lastEntries = async (log: EventLog): Promise<number[]> => {
  const last: number[] = []
  for (let partition = 0; partition < log.partitions; partition++) last.push((await log.bounds(partition)).last)
  return last
}

const assemble = async (
  embedded: Embedded,
  gateway: Gateway,
  { config, logger, onFatal = throwLater }: ServerOptions,
): Promise<Pick<RunningServer, 'close'>> => {
  const { log, bus, store } = embedded
  const { limits, clock: mode, host, hosts } = config.server
  const clock = systemClock
  const { key } = await layFoundation({ log, store, config: toEngineConfig(config), clock: mode, randomKey })
  const days = await DayIdentity.open(store, clock)
  const files = new Files()
  const access = new Access(config)
  const door = new Door({ access, hosts: [host, ...hosts] })
  const intake = new Intake(key, log.partitions, mode === 'data')
  const appender = new Appender({ log, intake, limits, logger, durable: await lastEntries(log) })
  const onError = (error: unknown): void => logger.error({ err: error }, 'an update of the board failed')
  const board = new Board({ view: new View(log.partitions), bus, clock, onError })
  const onFolded = appender.folded.bind(appender)
  const worker = await Worker.start({ log, store, bus, clock, logger, key, onFolded, onFatal }).catch(error => {
    board.close()
    throw error
  })
  const ticker = new Ticker({ appender, intake, days, clock, mode, logger })
  const settle = async (): Promise<void> => {
    await ticker.catchUp()
    await board.reached(appender.durable, SETTLE_MS)
  }
  const sockets = new Sockets({ access, days, appender, board, limits, clock }, door, logger)
  const events = new EventsRoute({ access, appender, limits, clock })
  const reads = new ReadRoutes({ access, board, settle })
  await settle()
  gateway.open(new Router({ door, events, reads, files, logger }), sockets)

  const close = async (): Promise<void> => {
    await gateway.close()
    ticker.close()
    await appender.drain()
    await worker.close()
    board.close()
    await embedded.close()
  }
  let closing: Promise<void> | null = null
  return {
    close: () => {
      closing ??= close()
      return closing
    },
  }
}
