/** What a visitor's page is to be told. */
export interface Saying {
  readonly kind: 'ask' | 'nudge' | 'reply'
  /** Of an ask or nudge: the rule's id and a number, `id.number`, in which the number is base 36. */
  readonly id: string
  /** Words of the visitor's hash, and of that of the stream whose page hears it. */
  readonly visitorHi: number
  readonly visitorLo: number
  readonly streamHi: number
  readonly streamLo: number
  readonly touchpoint: string
  /** The engine's clock when it was decided, ms since 1970. */
  readonly at: number
  readonly validMs: number
  /** Of a reply; else empty: the words of a rule are the configuration's. */
  readonly text: string
}

const NUMBER_BASE = 36

export const sayingId = (rule: string, number: number): string => `${rule}.${number.toString(NUMBER_BASE)}`

/** The rule and the number of an id; null: it is none that an engine makes. */
export const readSayingId = (id: string): { rule: string; number: number } | null => {
  const dot = id.lastIndexOf('.')
  if (dot < 1) return null
  const digits = id.slice(dot + 1)
  const number = Number.parseInt(digits, NUMBER_BASE)
  if (!Number.isSafeInteger(number) || number.toString(NUMBER_BASE) !== digits) return null
  return { rule: id.slice(0, dot), number }
}
