export { SCOPES, scopeNames, touchpointPatterns } from './access.js'
export { hookKey } from './alerts.js'
export { formatDuration, parseDuration } from './duration.js'
export { toEngineConfig } from './engine.js'
export { type ConfigSources, checkShape, type Flags, loadConfig, parseConfig, readJson } from './load.js'
export { ROLES, type Role } from './nats.js'
export { type ClusterPlace, natsOptions } from './nats-options.js'
export { ConfigError, type Problem } from './problems.js'
export { type Range, readRange } from './ranges.js'
export type {
  AskConfig,
  BudgetConfig,
  Config,
  Hook,
  Issuer,
  NudgeConfig,
  ReadToken,
  Rule,
  TextByLanguage,
  WriteKey,
} from './schema.js'
export { type Environment, issuerKey } from './secrets.js'
