/**
 * Compares what clients wrote down as acknowledged with what the server counts. Imports nothing of the house.
 *
 *     node auditor.mjs FOLDER URL TOKEN MAP
 *
 * FOLDER has the clients' files, one event a line: [visitor, stream, seq, touchpoint, kind, detail]. MAP is a JSON file
 * of touchpoint → {channel}. Prints one JSON object and ends with 1 where something differs.
 */
import { createReadStream, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const LEVELS = { thumb: 2, smiley: 4, csat: 5, nps: 11, ces: 7, emotion: 9 }
const DIFFERENCES_SHOWN = 40

const [folder, url, token, mapFile] = process.argv.slice(2)
const map = JSON.parse(readFileSync(mapFile, 'utf8'))
const differences = []
/** `touchpoint what` → how many. */
const expected = new Map()
const add = (touchpoint, what, n = 1) => {
  const key = `${touchpoint} ${what}`
  expected.set(key, (expected.get(key) ?? 0) + n)
}

/** visitor + stream → what is known of it while its events are read in the order of their numbers. */
const visitors = new Map()
const kinds = {}
let events = 0

const enter = (visitor, touchpoint) => {
  const { open } = visitor
  if (open?.touchpoint === touchpoint) return add(touchpoint, 'views')
  if (open) {
    add(open.touchpoint, map[open.touchpoint].channel === map[touchpoint].channel ? 'progressed' : 'switched')
    add(open.touchpoint, `→ ${touchpoint}`)
  }
  add(touchpoint, 'entered')
  visitor.open = { touchpoint, troubled: false }
}

const count = (visitor, touchpoint, kind, detail) => {
  kinds[kind] = (kinds[kind] ?? 0) + 1
  if (kind === 'enter') enter(visitor, touchpoint)
  if (kind === 'goal') {
    if (visitor.open?.touchpoint !== touchpoint) enter(visitor, touchpoint)
    add(touchpoint, 'completed')
    visitor.open = null
  }
  if (kind === 'feedback') add(touchpoint, detail)
  if (kind === 'signal') {
    add(touchpoint, `signal ${detail}`)
    if (visitor.open?.touchpoint === touchpoint && !visitor.open.troubled) {
      visitor.open.troubled = true
      add(touchpoint, 'troubled')
    }
  }
}

for (const file of readdirSync(folder).filter(name => name.endsWith('.ndjson'))) {
  for await (const line of createInterface({ input: createReadStream(join(folder, file)) })) {
    const [id, stream, seq, touchpoint, kind, detail] = JSON.parse(line)
    const key = `${id} ${stream}`
    const visitor = visitors.get(key) ?? { next: 0, open: null }
    visitors.set(key, visitor)
    if (seq !== visitor.next) differences.push(`${file}: ${key} has ${seq} after ${visitor.next - 1}`)
    visitor.next = seq + 1
    events++
    count(visitor, touchpoint, kind, detail)
  }
}
for (const { open } of visitors.values()) if (open) add(open.touchpoint, 'active')

const found = new Map()
const answer = await fetch(`${url}/v1/journey?window=total`, { headers: { authorization: `Bearer ${token}` } })
if (!answer.ok) throw new Error(`the server answers ${answer.status}: ${await answer.text()}`)
const journey = await answer.json()
for (const { touchpoint, visits, sentiment, friction } of journey.pulses) {
  for (const [name, n] of Object.entries(visits)) found.set(`${touchpoint} ${name}`, n)
  for (const [name, n] of Object.entries(friction.signals)) found.set(`${touchpoint} signal ${name}`, n)
  for (const [scale, { levels }] of Object.entries(sentiment.scales)) {
    if (levels.length !== LEVELS[scale]) differences.push(`${touchpoint} ${scale} has ${levels.length} levels`)
    levels.forEach((n, level) => {
      found.set(`${touchpoint} ${scale}:${level}`, n)
    })
  }
}
for (const { from, to, n } of journey.transitions) found.set(`${from} → ${to}`, n)

let lost = 0
let extra = 0
for (const key of new Set([...expected.keys(), ...found.keys()])) {
  const [should, is] = [expected.get(key) ?? 0, found.get(key) ?? 0]
  if (should === is) continue
  if (is < should) lost += should - is
  else extra += is - should
  differences.push(`${key}: ${should} acknowledged, ${is} counted`)
}
const { accepted, duplicates } = journey.events
if (accepted !== events) differences.push(`${events} acknowledged, ${accepted} accepted`)
for (const name of ['lost', 'tooLate', 'rejected', 'bots', 'late']) {
  if (journey.events[name] !== 0) differences.push(`${name}: ${journey.events[name]}`)
}

const report = {
  events,
  accepted,
  duplicates,
  kinds,
  figures: expected.size,
  lost,
  extra,
  differences: differences.length,
}
console.log(JSON.stringify({ ...report, shown: differences.slice(0, DIFFERENCES_SHOWN) }))
process.exitCode = differences.length === 0 ? 0 : 1
