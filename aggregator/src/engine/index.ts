export { ByteReader, ByteWriter } from './bytes.js'
export { DEFAULT_CONFIG, type EngineConfig, type TouchpointRule } from './config.js'
export { type Departed, type Quarter, quartersOf } from './departed.js'
export { type DigestOptions, digest } from './digest.js'
export { Engine } from './engine.js'
export { round6OrNull } from './figures.js'
export type { Effects } from './fold.js'
export { IdHash } from './hash.js'
export type { Imaging } from './imaging.js'
export type { Figures, Readings } from './reading.js'
export { QUARTER_MS } from './recent.js'
export {
  EventFlag,
  type GroupHeader,
  NO_PLACE,
  RECORD_EVENTS,
  RECORD_PLACES,
  RECORD_SPAN_MS,
  RECORD_STRINGS,
  RecordType,
  RecordWriter,
} from './record.js'
export { erasuresIn, withoutErased } from './redact.js'
export { eventsOf, type LoggedEvent, type Subject, subjectOf } from './subject.js'
export { Tally } from './tally.js'
export { View } from './view.js'
