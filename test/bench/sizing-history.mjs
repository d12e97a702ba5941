// Bytes that the history takes: four days of a journey, replayed by their own time, of which the first two have left the
// engine for the disk by then.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { note, quick, result } from './child.mjs'
import { folderBytes, replay } from './loads.mjs'
import { startPulssi } from './servers.mjs'

const DAYS = 4
const HOURS = 24 * DAYS
const HOUR_MS = 3_600_000
/** The engine holds two days; only whole days before them are compared. */
const STORED_DAYS = 2
const START = Date.UTC(2026, 0, 5)
const TOUCHPOINTS = quick ? 5 : 20
/** Visits of one touchpoint in an hour; more of them make the numbers longer, not the rows. */
const VISITS = quick ? 5 : 30
const KEPT_DAYS = 400
const SIGNALS = ['rage', 'dead', 'error', 'slow', 'back', 'form']

const linesOf = touchpoint => {
  const lines = []
  for (let hour = 0; hour < HOURS; hour++) {
    for (let visit = 0; visit < VISITS; visit++) {
      const visitor = `v-${touchpoint}-${hour}-${visit}`
      const at = START + hour * HOUR_MS + Math.floor((visit * HOUR_MS) / VISITS)
      const event = (seq, more) => ({ visitor, stream: 's', seq, at: at + seq * 1_000, touchpoint, ...more })
      lines.push(event(0, { kind: 'enter' }), event(1, { kind: 'feedback', scale: 'smiley', score: 1 + (visit % 4) }))
      if (visit % 3 === 0) lines.push(event(2, { kind: 'signal', name: SIGNALS[visit % SIGNALS.length] }))
    }
  }
  return lines
}

const folder = mkdtempSync(join(tmpdir(), 'pulssi-bench-history-'))
const file = join(folder, 'events.ndjson')
const names = Array.from({ length: TOUCHPOINTS }, (_, index) => `shop.page-${index}`)
const events = names.flatMap(linesOf).sort((a, b) => a.at - b.at)
writeFileSync(file, `${events.map(event => JSON.stringify(event)).join('\n')}\n`)

const pulssi = await startPulssi({ clock: 'data' })
await replay(pulssi, file)
const image = await fetch(`${pulssi.http}/v1/admin/image`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '{}',
})
if (!image.ok) throw new Error(`no image: ${image.status}`)
const bytes = folderBytes(join(pulssi.dataDir, 'store', 'blobs'), /history/)
await pulssi.close()
rmSync(folder, { recursive: true, force: true })

const each = bytes / TOUCHPOINTS / STORED_DAYS
const kept = `${((each * KEPT_DAYS) / 1e6).toFixed(1)} MB in the ${KEPT_DAYS} days that it is kept; ${VISITS} visits an hour`
result('sizing, history of a touchpoint', each, 'bytes a day', kept)
note(`| a busy touchpoint | ${((each * KEPT_DAYS) / 1e6).toFixed(1)} MB of history in ${KEPT_DAYS} days |`)
