// Bytes of a busy touchpoint with all windows filled: a day of event time. Options: touchpoints, events, name.
import { View } from '@pulssi/aggregator/engine'
import { SCALE_LEVELS, SCALES } from '@pulssi/protocol/client'
import { asked, quick, result } from './child.mjs'
import { EngineDriver } from './engine-driver.mjs'
import { heldBytes } from './measure.mjs'
import { Random } from './random.mjs'

const { touchpoints } = asked
const EVENTS = quick ? asked.events / 20 : asked.events
const VISITORS = quick ? 5_000 : 50_000
const SPAN_SECONDS = 24 * 3600 + 900
/** The worker hands on what changed several times a second; here often enough that no journal grows. */
const EVENTS_A_PARTIAL = 2_000
/** Batches last a second times this at most, so that dwell times differ. */
const SLOWEST = 400
const BYTES_A_KB = 1000
const WARM_UP_SHARE = 0.1

const driver = new EngineDriver({
  touchpointCount: touchpoints,
  visitorCount: VISITORS,
  ratePerSecond: EVENTS / SPAN_SECONDS,
})
const { state, timeline } = driver.engine
const random = new Random(5)
let pending = 0

/** A batch of answers on all scales, at its own pace. */
const next = () => {
  const events = touchpoints === 1 ? driver.walk.next() : driver.walk.scattered()
  const pace = 1 + random.below(SLOWEST)
  for (const event of events) {
    event.afterMs *= pace
    event.scale = random.below(SCALES.length)
    event.level = random.below(SCALE_LEVELS[SCALES[event.scale]].count)
  }
  driver.record(random.below(VISITORS), events)
  pending += events.length
  if (pending >= EVENTS_A_PARTIAL) {
    pending = 0
    driver.engine.partial()
  }
  return events.length
}

const visitorBytes = () => state.visitors.sizeBytes + state.streams.sizeBytes + timeline.wheel.sizeBytes
const crowdBytes = () => state.crowds.flat().reduce((sum, crowd) => sum + crowd.sizeBytes, 0)
/** All that the process holds but visitors. */
const held = () => {
  driver.engine.partial()
  const { arrayBuffers, heapUsed } = heldBytes()
  return { buffers: arrayBuffers - visitorBytes(), all: arrayBuffers + heapUsed - visitorBytes() }
}

// What comes once, whatever the number of touchpoints (scratch tables, compiled code), is there after a warm-up; what
// slices and crowds have grown to by then is told by themselves.
driver.run(EVENTS * WARM_UP_SHARE, next)
const before = held().buffers - crowdBytes() - state.ledger.spans.sizeBytes
driver.run(EVENTS * (1 - WARM_UP_SHARE), next)
driver.check()
const after = held()
const kilobytes = bytes => bytes / touchpoints / BYTES_A_KB
const parts = `slices ${kilobytes(state.ledger.spans.sizeBytes).toFixed(0)}, crowds ${kilobytes(crowdBytes()).toFixed(0)}`
result(asked.name, kilobytes(after.buffers - before), 'KB', `${parts}; ${EVENTS} events over 24 h`)

const view = new View(1)
view.absorb(0, driver.engine.partial(true), 0)
result(`${asked.name}, the board's copy`, kilobytes(held().all - after.all), 'KB')
if (view.clock === 0) throw new Error('the board took nothing')
