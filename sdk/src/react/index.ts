export { type AskHandle, useAsk } from './ask.js'
export { PulseProvider, usePulse } from './context.js'
export { Ask, type AskProps } from './element.js'
export { type TouchpointOptions, useTouchpoint } from './touchpoint.js'
