import type { Command } from 'commander'
import { ConfigFile } from './config-file.js'
import type { Io } from './io.js'
import { configFile, DEFAULT_FILE } from './serve.js'

/** Of the commands that read and change a configuration file. */
export interface WhereOptions {
  readonly config?: string
}

export const where = (command: Command): Command =>
  command.option('--config <file>', 'configuration; pulssi.config.json unless set (PULSSI_CONFIG)')

export const openFile = (io: Io, { config }: WhereOptions): ConfigFile =>
  new ConfigFile(configFile(io, config) ?? DEFAULT_FILE)
