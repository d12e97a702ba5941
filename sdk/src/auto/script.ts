/** The entry of the script-tag file. */
export { auto } from './auto.js'
