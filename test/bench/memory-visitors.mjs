// Bytes of a live visitor: row, index, stream, place on the wheel.
import { quick, result } from './child.mjs'
import { EngineDriver } from './engine-driver.mjs'
import { heldBytes } from './measure.mjs'

const VISITORS = quick ? 50_000 : 1_000_000
/** So few touchpoints that what they hold is nothing beside the visitors. */
const TOUCHPOINTS = 10
const RATE_PER_SECOND = 200_000

const driver = new EngineDriver({
  touchpointCount: TOUCHPOINTS,
  visitorCount: VISITORS,
  ratePerSecond: RATE_PER_SECOND,
})
const before = heldBytes()
let met = 0
driver.run(VISITORS * 20, () => {
  const events = driver.walk.next()
  driver.record(met++ % VISITORS, events)
  return events.length
})
driver.check()
const after = heldBytes()

const { visitors, streams, crowds, ledger } = driver.engine.state
const each = bytes => bytes / visitors.count
const crowdBytes = crowds.flat().reduce((sum, crowd) => sum + crowd.sizeBytes, 0)
const held = after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed
const parts = {
  rows: visitors.sizeBytes,
  streams: streams.sizeBytes,
  wheel: driver.engine.timeline.wheel.sizeBytes,
}
const list = Object.entries(parts).map(([name, bytes]) => `${name} ${Math.round(each(bytes))}`)
result('memory, a visitor', each(held - crowdBytes - ledger.spans.sizeBytes), 'bytes', list.join(', '))
result('memory, a visitor, resident', each(after.rss - before.rss), 'bytes', `${visitors.count} visitors`)
