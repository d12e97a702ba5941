// ns an event of the pure engine, batches of one visitor. Options: name, touchpoints, visitors, stepMs?, scattered?.
import { asked, quick, result } from './child.mjs'
import { EngineDriver } from './engine-driver.mjs'
import { median } from './measure.mjs'
import { Random } from './random.mjs'
import { BATCH } from './walk.mjs'

const ROUNDS = quick ? 2 : 9
const ROUND_EVENTS = quick ? 20_000 : 400_000
/** Events of each visitor before the clock starts: all of them are known, with a stream and a visit. */
const FIRST_EVENTS = 4
/** Event time passes as fast as a machine takes events. */
const RATE_PER_SECOND = 200_000

const { touchpoints, visitors, stepMs, scattered = false } = asked
const visitorCount = quick ? Math.min(visitors, 5_000) : visitors
const driver = new EngineDriver({ touchpointCount: touchpoints, visitorCount, ratePerSecond: RATE_PER_SECOND, stepMs })
const random = new Random()

let met = 0
driver.run(visitorCount * FIRST_EVENTS, () => {
  driver.record(met++ % visitorCount, driver.walk.next().slice(0, FIRST_EVENTS))
  return FIRST_EVENTS
})

const next = () => {
  driver.record(random.below(visitorCount), scattered ? driver.walk.scattered() : driver.walk.next())
  return BATCH
}
driver.run(ROUND_EVENTS, next)
const rounds = []
for (let round = 0; round < ROUNDS; round++) rounds.push(driver.run(ROUND_EVENTS, next))
driver.check()

const walls = rounds.map(({ wall }) => wall)
const cpu = median(rounds.map(round => round.cpu))
const range = `${Math.round(Math.min(...walls))}–${Math.round(Math.max(...walls))}`
const known = driver.engine.state.visitors.count.toLocaleString('en')
result(asked.name, median(walls), 'ns/event', `${ROUNDS} rounds ${range}, CPU ${Math.round(cpu)} ns; ${known} visitors`)
