export type { AskResult, Emotion, Identity, JsonEvent, Scale } from '@pulssi/protocol/client'
export { createPulse } from './create.js'
export type {
  Common,
  Consent,
  Cuts,
  Events,
  Feedback,
  Lost,
  PulseClient,
  PulseEvent,
  PulseOptions,
  Sent,
  Stats,
  Told,
  WebSocketClass,
  WebSocketLike,
} from './types.js'
