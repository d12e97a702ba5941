export { type Config, ConfigError, loadConfig, parseConfig } from './config/index.js'
export { type RunningServer, type ServerOptions, startServer } from './server.js'
export { StartRefused } from './worker/index.js'
