export type {
  AskFrame,
  AskResult,
  Emotion,
  Identity,
  JsonEvent,
  NudgeFrame,
  ReplyFrame,
  Scale,
} from '@pulssi/protocol/client'
export { createPulse } from './create.js'
export type {
  Common,
  Consent,
  CoreClient,
  Cuts,
  Events,
  Feedback,
  Lost,
  PageClient,
  PulseClient,
  PulseEvent,
  PulseOptions,
  Sent,
  Stats,
  Told,
  WebSocketClass,
  WebSocketLike,
} from './types.js'
