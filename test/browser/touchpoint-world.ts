/** A shop's weeks as events, made from a seed: what an opened touchpoint has to show. */
import type { JsonEvent } from '@pulssi/protocol/client'

export const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

export const PAYMENT = 'checkout.payment'
/** As long as a name may be. */
export const LONG_NAME = `${'checkout-with-a-very-long-name.'.repeat(2)}ab`

/** Words that must come out as words. */
export const HOSTILE = {
  markup: '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script> broken',
  bidi: 'total \u202e%001 eerf\u202c was charged \u2066twice',
  control: 'bell\u0007 and escape \u001b[31mred',
  long: `${'The form kept forgetting my card number whenever I went back a step. '.repeat(6)}The end.`,
  rtl: 'התשלום נכשל שלוש פעמים',
} as const
const PLAIN = ['quick and friendly', 'card was declined twice', 'where is the pay button?', 'kiitos, helppoa!']

const MAP = {
  stages: ['attract', 'convert', 'close', 'advocate'],
  touchpoints: {
    'shop.cart': { stage: 'convert' },
    [PAYMENT]: { stage: 'close', idle: '10m' },
    [LONG_NAME]: { stage: 'close' },
    'checkout.thanks': { stage: 'close', end: true },
    'phone.support': { channel: 'phone', stage: 'advocate' },
  },
}

/** Without keys and tokens; the data's clock, so that months pass in a moment. */
export const SETTINGS = { project: 'shop', journey: MAP, server: { clock: 'data' } } as const

/** Deterministic, 0 to 1. */
const randomOf = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

const pick = <T>(random: () => number, of: readonly T[]): T => of[Math.floor(random() * of.length)] as T

type Event = Omit<JsonEvent, 'visitor' | 'at'> & { readonly after: number }

const answer = (random: () => number, bad: boolean, comment: string | undefined): Event => ({
  after: 50_000,
  kind: 'feedback',
  touchpoint: PAYMENT,
  ...pick(random, [
    { scale: 'csat', score: bad ? 1 + Math.floor(random() * 2) : 3 + Math.floor(random() * 3) },
    { scale: 'nps', score: bad ? Math.floor(random() * 7) : 7 + Math.floor(random() * 4) },
    { scale: 'emotion', score: bad ? 'frustrated' : 'happy' },
  ] as const),
  ...(comment === undefined ? {} : { comment }),
})

/** One visitor's way; in the evening the payment fails more often. */
const way = (random: () => number, hour: number, comment: string | undefined, isLong: boolean): Event[] => {
  const isEvening = hour >= 18 && hour < 22
  const isLost = random() < (isEvening ? 0.55 : 0.18)
  const events: Event[] = [
    { after: 0, kind: 'enter', touchpoint: 'shop.cart' },
    { after: 30_000, kind: 'enter', touchpoint: isLong ? LONG_NAME : PAYMENT },
  ]
  if (isLost && random() < 0.7) {
    const name = pick(random, ['error', 'error', 'rage', 'form', 'card-refused'])
    events.push({ after: 40_000, kind: 'signal', touchpoint: PAYMENT, name })
  }
  if (random() < 0.3 || comment !== undefined) events.push(answer(random, isLost, comment))
  if (!isLost) events.push({ after: 60_000, kind: 'enter', touchpoint: 'checkout.thanks' })
  if (isLost) events.push({ after: 61_000, kind: 'leave', touchpoint: PAYMENT })
  if (isLost && random() < 0.3) {
    events.push({ after: 20 * MINUTE_MS, kind: 'enter', touchpoint: 'phone.support', channel: 'phone' })
  }
  return events
}

/** One visitor of so many meets the long name: often enough to be among the last ones. */
const LONG_EVERY = 20

interface WorldOptions {
  /** ms since 1970, exclusive; the last hour before it is full. */
  readonly end: number
  readonly days: number
  /** Ways begun in an hour of the day, at most. */
  readonly perHour: number
}

/** In the order of time. Nights are quiet, and every second Sunday is silent; the last hours hold the comments. */
export const worldOf = ({ end, days, perHour }: WorldOptions): JsonEvent[] => {
  const random = randomOf(7)
  const events: JsonEvent[] = []
  const comments = [...Object.values(HOSTILE), ...PLAIN]
  let visitors = 0
  const begin = (at: number, hour: number, comment: string | undefined): void => {
    const isLong = visitors % LONG_EVERY === 0
    const visitor = `w-${visitors++}`
    for (const { after, ...event } of way(random, hour, comment, isLong))
      events.push({ visitor, at: at + after, ...event })
  }
  const hours = days * 24
  for (let place = hours; place > 0; place--) {
    const at = end - place * HOUR_MS
    const date = new Date(at)
    const hour = date.getUTCHours()
    const isSilent = hour < 5 || (date.getUTCDay() === 0 && Math.floor(place / 168) % 2 === 1)
    const isLast = place <= 2
    const count = isLast ? perHour * 3 : isSilent ? 0 : Math.ceil(random() * perHour)
    for (let nth = 0; nth < count; nth++) {
      const step = Math.floor((HOUR_MS * nth) / (count + 1))
      const comment = isLast && place === 1 ? comments[nth % comments.length] : undefined
      begin(at + step, hour, comment)
    }
  }
  return events.filter(event => event.at < end).sort((a, b) => a.at - b.at)
}

const REQUEST_EVENTS = 1_000

/** In order, as one service would. */
export const sendWorld = async (url: string, events: readonly JsonEvent[]): Promise<void> => {
  for (let at = 0; at < events.length; at += REQUEST_EVENTS) {
    const lines = events.slice(at, at + REQUEST_EVENTS).map(event => JSON.stringify(event))
    const answered = await fetch(new URL('/v1/events', url), {
      method: 'POST',
      headers: { authorization: 'Bearer sk_desk', 'content-type': 'application/x-ndjson' },
      body: lines.join('\n'),
    })
    const told = (await answered.json()) as { rejected?: unknown[] }
    if (!answered.ok || told.rejected?.length !== 0) throw new Error(`not all was taken: ${JSON.stringify(told)}`)
  }
}
