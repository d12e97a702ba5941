export { toEngineConfig } from './engine.js'
export { type ConfigSources, type Flags, loadConfig, parseConfig } from './load.js'
export { ConfigError, type Problem } from './problems.js'
export type { Config, ReadToken, WriteKey } from './schema.js'
