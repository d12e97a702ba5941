export { NatsBus, type NatsBusOptions } from './bus.js'
export { NatsLog, type NatsLogOptions } from './log.js'
export { type Nats, type NatsOptions, openNats } from './open.js'
export { NatsStore } from './store.js'
