export { LANGUAGES, type Language, WORDS, type Words } from './words.js'
