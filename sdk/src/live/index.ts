export type {
  Emotion,
  Pulse,
  Rate,
  Scale,
  ScaleFigures,
  Window,
} from '@pulssi/protocol/client'
export { createLive } from './create.js'
export type { Live, LiveOptions, LiveState, LiveTold, Query, Update } from './types.js'
