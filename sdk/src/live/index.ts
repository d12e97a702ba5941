export type {
  AskFigures,
  Corrected,
  Emotion,
  Estimator,
  Pulse,
  Rate,
  Scale,
  ScaleFigures,
  Voice,
  Window,
} from '@pulssi/protocol/client'
export { createLive } from './create.js'
export type { Live, LiveOptions, LiveState, LiveTold, Query, Update } from './types.js'
