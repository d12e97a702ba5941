export { Board } from './board.js'
export { Slices } from './pacer.js'
export { prepareFrame } from './prepared.js'
export type { Subscriber } from './shape.js'
