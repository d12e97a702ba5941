// ns an event where each is of another visitor, beside a look-up of a fresh string in a Map of as many.
import { quick, result } from './child.mjs'
import { EngineDriver } from './engine-driver.mjs'
import { median, spent } from './measure.mjs'
import { Random } from './random.mjs'

const VISITORS = quick ? 5_000 : 1_000_000
const ROUNDS = quick ? 2 : 9
const ROUND_EVENTS = quick ? 10_000 : 200_000
const RATE_PER_SECOND = 200_000
const FIRST_EVENTS = 4
/** Ids built before a stretch is timed. */
const STRETCH = 2_000

const idBytes = Buffer.alloc(20, 'v')
/** A string that has never been hashed, as a decoder hands it out. */
const freshId = visitor => {
  idBytes.write(visitor.toString(36).padStart(12, '0'), 8, 'latin1')
  return idBytes.latin1Slice()
}

const random = new Random(99)
const known = new Map()
for (let visitor = 0; visitor < VISITORS; visitor++) known.set(freshId(visitor), visitor)

let sum = 0
const lookUps = count => {
  let wall = 0
  let cpu = 0
  for (let done = 0; done < count; done += STRETCH) {
    const ids = Array.from({ length: STRETCH }, () => freshId(random.below(VISITORS)))
    const took = spent(() => {
      for (const id of ids) sum += known.get(id)
    })
    wall += took.wall
    cpu += took.cpu
  }
  return { wall: wall / count, cpu: cpu / count }
}

const driver = new EngineDriver({ touchpointCount: 200, visitorCount: VISITORS, ratePerSecond: RATE_PER_SECOND })
let met = 0
driver.run(VISITORS * FIRST_EVENTS, () => {
  driver.record(met++ % VISITORS, driver.walk.next().slice(0, FIRST_EVENTS))
  return FIRST_EVENTS
})
const next = () => {
  driver.record(random.below(VISITORS), [driver.walk.single()])
  return 1
}

driver.run(ROUND_EVENTS, next)
lookUps(ROUND_EVENTS)
const events = []
const gets = []
for (let round = 0; round < ROUNDS; round++) {
  events.push(driver.run(ROUND_EVENTS, next))
  gets.push(lookUps(ROUND_EVENTS))
}
driver.check()
if (Number.isNaN(sum)) throw new Error('an id was not found')

const ratio = by => median(events.map((event, round) => event[by] / gets[round][by]))
const middle = (rounds, by) => Math.round(median(rounds.map(round => round[by])))
const beside = `${middle(gets, 'wall')} ns a Map.get; by CPU ${ratio('cpu').toFixed(2)}`
result('engine, a random visitor', ratio('wall'), 'of Map.get', beside)
const each = `CPU ${middle(events, 'cpu')} ns; one event a record`
result('engine, a random visitor, ns', middle(events, 'wall'), 'ns/event', each)
