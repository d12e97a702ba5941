import { setTimeout as sleep } from 'node:timers/promises'
import type { Window } from '@pulssi/protocol'
import { ConfigError, loadConfig, toEngineConfig } from '../config/index.js'
import { CliError } from './exits.js'
import { type Io, print } from './io.js'
import { linesOf, openFile } from './lines.js'
import { OfflineReplay } from './offline.js'
import { OnlineReplay } from './online.js'
import { Progress } from './progress.js'
import { Rejections } from './rejections.js'
import { configFile } from './serve.js'

export interface ReplayOptions {
  readonly config?: string
  readonly offline?: true
  readonly window: readonly Window[]
  readonly url: string
  readonly key: string
  readonly connections: number
  readonly speed?: number
}

const offline = async (io: Io, path: string, options: ReplayOptions): Promise<number> => {
  const config = readConfig(io, options.config)
  const rejections = new Rejections(io)
  const replay = new OfflineReplay(toEngineConfig(config), rejections)
  const file = await openFile(path)
  const progress = new Progress(io, file.sizeBytes)
  for await (const lines of linesOf(file.source)) {
    const now = io.now()
    for (const line of lines) replay.take(line, now)
    progress.draw(file.readBytes(), replay.lines)
    if (io.signal.aborted) throw new CliError('failed', 'stopped before the end')
  }
  const journeys = replay.journey(options.window)
  progress.end()
  rejections.end()
  for (const journey of journeys) print(io, JSON.stringify(journey))
  return rejections.count
}

const online = async (io: Io, path: string, options: ReplayOptions): Promise<number> => {
  const { url, key, connections, speed = null } = options
  const rejections = new Rejections(io)
  const file = await openFile(path)
  const wait = async (ms: number, signal: AbortSignal): Promise<void> => {
    await sleep(ms, undefined, { signal })
  }
  const replay = new OnlineReplay({ url, key, connections, speed, signal: io.signal, now: io.now, wait }, rejections)
  const progress = new Progress(io, file.sizeBytes)
  try {
    for await (const lines of linesOf(file.source)) {
      for (const line of lines) {
        await replay.take(line)
        progress.draw(file.readBytes(), replay.lines)
      }
    }
    const summary = await replay.finish()
    progress.end()
    rejections.end()
    print(io, JSON.stringify(summary))
    return rejections.count
  } finally {
    progress.end()
    await replay.close()
  }
}

const readConfig = (io: Io, named: string | undefined) => {
  try {
    return loadConfig({ file: configFile(io, named), env: {}, flags: {} })
  } catch (error) {
    throw error instanceof ConfigError ? new CliError('config', error.message) : error
  }
}

/** Replays a file of events; returns how many lines were rejected. Throws CliError. */
export const replay = (io: Io, path: string, options: ReplayOptions): Promise<number> =>
  options.offline === true ? offline(io, path, options) : online(io, path, options)
