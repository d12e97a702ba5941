// ns an event of everything between the socket and a checked frame, and of the SDK's own codec.
import { decodeScanned, guardClient, readClientFrame, scan } from '@pulssi/protocol'
import { decode, encode } from '@pulssi/protocol/client'
import { quick, result } from './child.mjs'
import { batchFrame } from './frames.mjs'
import { median, timed } from './measure.mjs'
import { BATCH, Walk } from './walk.mjs'

const FRAMES = 256
const ROUNDS = quick ? 3 : 15
const PASSES = quick ? 4 : 40

const walk = new Walk(200)
const frames = Array.from({ length: FRAMES }, (_, index) =>
  batchFrame(
    { frame: index + 1, visitor: index, seq: index * BATCH, at: Date.UTC(2026, 0, 5, 9) + index },
    walk.next(),
  ),
)
const bytes = frames.map(frame => Buffer.from(encode(frame)))
const values = bytes.map(decodeScanned)

const steps = {
  'codec, scan': () => bytes.every(frame => scan(frame) === 0),
  'codec, decode': () => bytes.every(frame => decodeScanned(frame) !== null),
  'codec, guard': () => values.every(guardClient),
  'codec, scan, decode and guard': () => bytes.every(frame => readClientFrame(frame).ok),
  'codec, the SDK encodes': () => frames.every(frame => encode(frame).length > 0),
  'codec, the SDK decodes': () => bytes.every(frame => decode(frame) !== null),
}
const rounds = Object.fromEntries(Object.keys(steps).map(name => [name, []]))
for (let round = 0; round <= ROUNDS; round++) {
  for (const [name, step] of Object.entries(steps)) {
    let held = true
    const spent = timed(() => {
      for (let pass = 0; pass < PASSES; pass++) held = step() && held
    })
    if (!held) throw new Error(`${name}: a good frame was refused`)
    if (round > 0) rounds[name].push(spent / (PASSES * FRAMES * BATCH))
  }
}
for (const [name, values] of Object.entries(rounds)) result(name, median(values), 'ns/event')
const sizeBytes = bytes.reduce((sum, frame) => sum + frame.length, 0) / (FRAMES * BATCH)
result('codec, size', sizeBytes, 'bytes/event', 'in frames of 20 with names of places and ids')
