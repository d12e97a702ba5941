import type { Config } from '../config/index.js'
import { checkAsks } from './asks.js'
import { checkCertificate } from './certificate.js'
import { checkConfiguration } from './configuration.js'
import { checkDisk } from './disk.js'
import { type Finding, ok } from './finding.js'
import { checkHooks } from './hooks.js'
import { checkMachine } from './machine.js'
import { checkNats } from './nats.js'
import { checkPorts } from './ports.js'
import { checkRemote } from './remote.js'

export interface Patient {
  /** Throws ConfigError. */
  readonly load: () => Config
  readonly file: string | undefined
  /** Of a running server to look at; null: none. */
  readonly url: URL | null
  readonly token: string | undefined
  /** A sentence for each piece of a data folder that can't be read. */
  readonly inspect: (dataDir: string, partitions: number) => Promise<readonly string[]>
}

const checkPieces = (damaged: readonly string[]): Finding[] =>
  damaged.length === 0
    ? [ok('pieces', 'all of the log but its newest pieces, and all images, can be read')]
    : damaged.map(message => ({ check: 'pieces', level: 'fail', message, todo: null }))

/** Everything that may keep a server from running well, one check after the other. Changes nothing. */
export const diagnose = async ({ load, file, url, token, inspect }: Patient): Promise<Finding[]> => {
  const { findings, config } = checkConfiguration(load, file)
  const all = [...findings, ...(await checkMachine(config))]
  if (config !== null) {
    all.push(...checkAsks(config))
    const { dataDir, partitions, retentionHours, tls } = config.server
    if (tls !== undefined) all.push(checkCertificate(tls, Date.now()))
    all.push(...(await checkPorts(config)), ...(await checkHooks(config)))
    if (config.server.nats === undefined) {
      all.push(...(await checkDisk(dataDir, retentionHours)), ...checkPieces(await inspect(dataDir, partitions)))
    } else {
      all.push(...(await checkNats(config)))
    }
  }
  if (url !== null) all.push(...(await checkRemote(url, token)))
  return all
}
