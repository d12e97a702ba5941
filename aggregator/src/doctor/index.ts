export { diagnose, type Patient } from './diagnose.js'
export { FIELDS, rulesUsing, stayText } from './fields.js'
export { type Finding, type Level, sizeText } from './finding.js'
export { diagnosePage, type PagePatient } from './page/check.js'
