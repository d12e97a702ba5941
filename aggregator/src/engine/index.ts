export { ByteReader, ByteWriter } from './bytes.js'
export {
  type AskBudget,
  type AskRule,
  DEFAULT_CONFIG,
  type EngineConfig,
  type NudgeRule,
  type TouchpointRule,
  TRIGGERS,
  type Trigger,
} from './config.js'
export { type Departed, type Quarter, quartersOf } from './departed.js'
export { type DigestOptions, digest } from './digest.js'
export { Engine } from './engine.js'
export { round6OrNull } from './figures.js'
export type { Effects } from './fold.js'
export { IdHash } from './hash.js'
export type { Imaging } from './imaging.js'
export { CHANCE_CLASSES, FLOOR_CLASS } from './limits.js'
export type { Left, Nudged } from './nudged.js'
export { addressee, type Letter } from './outbox.js'
export type { Figures, Readings } from './reading.js'
export { QUARTER_MS } from './recent.js'
export {
  type Chance,
  EventFlag,
  type GroupHeader,
  NO_PLACE,
  RECORD_EVENTS,
  RECORD_PLACES,
  RECORD_SPAN_MS,
  RECORD_STRINGS,
  RecordType,
  RecordWriter,
  type ReplyRecord,
} from './record.js'
export { type Erasures, erasuresIn, type Remainder, withoutErased } from './redact.js'
export { readSayingId, type Saying, sayingId } from './saying.js'
export { JOURNEY } from './spots.js'
export { eventsOf, type LoggedEvent, type Subject, subjectOf } from './subject.js'
export { Tally } from './tally.js'
export { View } from './view.js'
export { type Comments, type Spoken, voiceOf } from './voices.js'
