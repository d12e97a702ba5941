export { auto } from './auto.js'
export type { AutoClient, AutoOptions } from './types.js'
