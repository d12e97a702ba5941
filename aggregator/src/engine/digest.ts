import { Answered } from './answered.js'
import { EXACT_VISITORS, newest, type Seen } from './crowd.js'
import type { Engine } from './engine.js'
import { type Page, RING_START, TOTAL_SPAN } from './ledger.js'
import { Cell, SLICE_COUNT, SLICE_SPAN, STREAM_MEMORY_MS } from './limits.js'
import { Quorum } from './quorum.js'
import { rankOf, registerOf } from './sketch.js'
import { Audience } from './state.js'
import { StreamWord } from './streams.js'
import { VisitState, Word } from './visitors.js'
import { newestSpoken, type Spoken } from './voices.js'

/** `late: false` leaves out what depends on how far other visitors had moved the clock. */
export interface DigestOptions {
  late?: boolean
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0')

/**
 * The state of engines that own disjoint partitions, as canonical text: everything by name or id, sorted, with what is
 * forgotten left out. Equal states give equal text, however the visitors were split, in whatever order they came. The
 * engines must stand at the same clock.
 */
export function digest(engines: readonly Engine[], options: DigestOptions = {}): string {
  for (const engine of engines) engine.settle()
  return [
    head(engines, options),
    ...aggregate(engines, options),
    ...crowds(engines),
    ...quorums(engines),
    ...answers(engines),
    ...voices(engines),
    ...visitors(engines),
    ...people(engines),
  ].join('\n')
}

function head(engines: readonly Engine[], options: DigestOptions): string {
  const sum: Record<string, number> = {}
  for (const { state } of engines) {
    const totals = { ...state.totals, lost: state.streams.lost }
    for (const [name, n] of Object.entries(totals)) {
      if (name !== 'late' || options.late !== false) sum[name] = (sum[name] ?? 0) + n
    }
  }
  return `clock ${engines.map(engine => engine.clock).join(' ')} ${JSON.stringify(sum)}`.replace(
    /^clock (\d+)(?: \1)*/,
    'clock $1',
  )
}

/** Cells of the total and of all slices still kept, and what a page says of its touchpoint. */
function aggregate(engines: readonly Engine[], options: DigestOptions): string[] {
  const cells = new Map<string, number>()
  const add = (key: string, n: number): void => {
    cells.set(key, (cells.get(key) ?? 0) + n)
  }
  for (const engine of engines) {
    const { places, ledger } = engine.state
    ledger.pages.forEach((page, place) => {
      const name = places.touchpoints.list[place] as string
      if (!page.listed) return
      add(`touchpoint ${name} active`, page.active)
      places.channels.list.forEach((channel, i) => {
        if ((page.channels & (1 << i)) !== 0) cells.set(`touchpoint ${name} on ${channel}`, 1)
      })
      eachKept(page, ledger.now, (span, label) => {
        const offset = page.offset[span] as number
        const first = offset & 0xffff
        for (let i = first; i < first + (page.length[span] as number); i++) {
          const key = ledger.spans.keys(offset)[i] as number
          if (key === Cell.late && options.late === false) continue
          add(`cell ${name} ${label} ${cellName(engine, key)}`, ledger.spans.counts(offset)[i] as number)
        }
      })
    })
  }
  return [...cells].flatMap(([key, n]) => (n === 0 && key.startsWith('cell') ? [] : [`${key} ${n}`])).sort()
}

function eachKept(page: Page, now: number, visit: (span: number, label: string) => void): void {
  visit(TOTAL_SPAN, 'total')
  RING_START.forEach((start, size) => {
    const count = SLICE_COUNT[size] as number
    const newestIndex = Math.floor(now / (SLICE_SPAN[size] as number))
    for (let i = start; i < start + count; i++) {
      const index = page.index[i] as number
      if (index > newestIndex - count) visit(i, `${size}:${index}`)
    }
  })
}

function cellName(engine: Engine, key: number): string {
  const { touchpoints, channels, signals, reasons } = engine.state.places
  if (key >= Cell.transition) return `to ${touchpoints.list[key - Cell.transition]}`
  if (key >= Cell.reason) return `reason ${reasons.list[key - Cell.reason]}`
  if (key >= Cell.asked) return `asked ${key - Cell.asked}`
  if (key >= Cell.dwell) return `dwell ${key - Cell.dwell}`
  if (key > Cell.exit) return `exit ${signals.list[key - Cell.exit - 1]}`
  if (key === Cell.exit) return 'exit'
  if (key >= Cell.signal) return `signal ${signals.list[key - Cell.signal]}`
  if (key >= Cell.nudged) return `nudged ${key - Cell.nudged}`
  if (key >= Cell.asks) return `ask ${key - Cell.asks}`
  if (key >= Cell.answer) return `answer ${key - Cell.answer}`
  if (key >= Cell.recovered) return `recovered ${channels.list[key - Cell.recovered]}`
  return `count ${key}`
}

/** The newest visitors one by one, and the ranks that no later and higher one overtook. */
function crowds(engines: readonly Engine[]): string[] {
  const lines: string[] = []
  for (const audience of [Audience.all, Audience.answerers]) {
    const seen = new Map<string, Seen[]>()
    const ranks = new Map<string, Map<number, number>>()
    for (const { state } of engines) {
      state.crowds[audience].forEach((crowd, place) => {
        const name = state.places.touchpoints.list[place] as string
        const members = seen.get(name) ?? []
        const known = ranks.get(name) ?? new Map<number, number>()
        seen.set(name, members)
        ranks.set(name, known)
        const rank = (register: number, value: number, time: number): void => {
          const key = register * 64 + value
          known.set(key, Math.max(known.get(key) ?? 0, time))
        }
        crowd.each((hi, lo, time) => {
          members.push({ hi, lo, time })
          rank(registerOf(hi), rankOf(lo), time)
        })
        crowd.eachRank(rank)
      })
    }
    for (const [name, members] of seen) {
      const ids = newest(members).map(one => `${hex(one.hi)}${hex(one.lo)}@${one.time}`)
      lines.push(`crowd ${audience} ${name} ${ids.join(' ')}`)
      if (ids.length > EXACT_VISITORS)
        lines.push(`ranks ${audience} ${name} ${overtaken(ranks.get(name) ?? new Map())}`)
    }
  }
  return lines.sort()
}

function quorums(engines: readonly Engine[]): string[] {
  const lines: string[] = []
  for (const audience of [Audience.all, Audience.answerers]) {
    const merged = new Map<string, Quorum>()
    for (const { state } of engines) {
      state.quorums.forEach((pair, place) => {
        const name = state.places.touchpoints.list[place] as string
        const quorum = merged.get(name) ?? new Quorum()
        merged.set(name, quorum)
        quorum.merge(pair[audience])
      })
    }
    for (const [name, quorum] of merged) {
      const seats: string[] = []
      quorum.each((hi, lo, time) => seats.push(`${hex(hi)}${hex(lo)}@${time}`))
      lines.push(`quorum ${audience} ${name} ${seats.join(' ')}`)
    }
  }
  return lines.sort()
}

/** Who answered what, as far as it is remembered. */
function answers(engines: readonly Engine[]): string[] {
  const merged = new Map<string, Answered>()
  for (const { state } of engines) {
    state.answers.forEach((answered, place) => {
      const name = state.places.touchpoints.list[place] as string
      const all = merged.get(name) ?? new Answered()
      merged.set(name, all)
      all.merge(answered)
    })
  }
  return [...merged]
    .map(([name, answered]) => {
      const told: string[] = []
      answered.eachRemembered((hi, lo, time, value, n) => told.push(`${hex(hi)}${hex(lo)}@${time}:${value}×${n}`))
      return `answers ${name} ${told.join(' ')}`
    })
    .sort()
}

function voices(engines: readonly Engine[]): string[] {
  const heard = new Map<string, (readonly Spoken[])[]>()
  for (const { state } of engines) {
    for (const place of state.voices.places()) {
      const name = state.places.touchpoints.list[place] as string
      heard.set(name, [...(heard.get(name) ?? []), state.voices.at(place)])
    }
  }
  const clock = Math.max(...engines.map(engine => engine.clock))
  return [...heard]
    .map(([name, lists]) => [name, newestSpoken(lists, clock)] as const)
    .flatMap(([name, list]) => (list.length === 0 ? [] : [`voices ${name} ${JSON.stringify(list)}`]))
    .sort()
}

/** Register and rank pairs with their times, without those that a later or equal time with a higher rank covers. */
function overtaken(ranks: Map<number, number>): string {
  const pairs = [...ranks].sort(([a], [b]) => b - a)
  const kept: string[] = []
  let register = -1
  let latest = -1
  for (const [key, time] of pairs) {
    if (key >> 6 !== register) {
      register = key >> 6
      latest = -1
    }
    if (time <= latest) continue
    latest = time
    kept.push(`${key}@${time}`)
  }
  return kept.join(' ')
}

/** Who was asked, answered or is linked, and what is yet to be told of them. */
function people(engines: readonly Engine[]): string[] {
  const lines: string[] = []
  for (const { state } of engines) {
    for (const { row: _, hi, lo, pending, ...rest } of state.people) {
      const ask = pending && { ...pending, place: state.places.touchpoints.list[pending.place] }
      lines.push(`person ${hex(hi)}${hex(lo)} ${JSON.stringify({ ...rest, ask })}`)
    }
    for (const { number, told } of state.outbox.letters) lines.push(`letter ${number} ${JSON.stringify(told)}`)
  }
  return lines.sort()
}

function visitors(engines: readonly Engine[]): string[] {
  const lines: string[] = []
  for (const engine of engines) {
    const { state, visits, timeline } = engine
    for (let row = 0; row < state.visitors.rows; row++) {
      if (state.visitors.isFree(row)) continue
      visits.hold(row)
      const words = state.visitors.page(row)
      const at = state.visitors.at(row)
      const streams = streamLines(engine, words[at + Word.streams] as number)
      if (streams.length === 0 && timeline.forgettable(visits.visitorTime)) continue
      lines.push(
        `visitor ${hex(words[at + Word.hi] as number)}${hex(words[at + Word.lo] as number)} ${describe(engine)}`,
      )
      lines.push(
        ...streams.map(
          line => `stream ${hex(words[at + Word.hi] as number)}${hex(words[at + Word.lo] as number)} ${line}`,
        ),
      )
    }
  }
  return lines.sort()
}

/** The visitor at hand. A visit that nothing can bring back is left out: it may be gone from the row or not. */
function describe(engine: Engine): string {
  const { visits, state } = engine
  const names = state.places.touchpoints.list
  const trail = visits.trail().map(([place, time]) => `${names[place]}@${time}`)
  const visit = visits.state === VisitState.none ? 'none' : visits.describe()
  return `${visits.visitorTime} ${visit} [${trail.join(' ')}]`
}

function streamLines(engine: Engine, first: number): string[] {
  const { streams, clock } = engine.state
  const lines: string[] = []
  for (let row = first; row >= 0; ) {
    const words = streams.page(row)
    const at = streams.at(row)
    if (streams.last(row) >= clock - STREAM_MEMORY_MS) {
      const id = hex(words[at + StreamWord.hi] as number) + hex(words[at + StreamWord.lo] as number)
      const range = `${words[at + StreamWord.low]} ${words[at + StreamWord.high]}`
      lines.push(`${id} ${range} [${streams.seenAbove(row)}] ${streams.last(row)}`)
    }
    row = words[at + StreamWord.next] as number
  }
  return lines
}
