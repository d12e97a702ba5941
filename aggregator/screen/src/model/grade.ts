/** A pulse below MIDDLING is bad, from GOOD on good. */
const MIDDLING = 50
const GOOD = 70

export type Grade = 'good' | 'middling' | 'bad'

export const gradeOf = (pulse: number): Grade => (pulse < MIDDLING ? 'bad' : pulse < GOOD ? 'middling' : 'good')
