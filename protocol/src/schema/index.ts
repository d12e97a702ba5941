export { eventSchema, groupSchema, placeSchema } from './event.js'
export * from './frames.js'
export { httpBodySchema, jsonEventSchema } from './json.js'
export * from './server.js'
