export { createPulse } from './create.js'
