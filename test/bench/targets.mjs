/** The lines of DESIGN.md, section 11, that the benches measure: unit, target, and which side of it is good. */
const atMost = (unit, target) => ({ unit, target, good: value => value <= target, sign: '≤' })
const atLeast = (unit, target) => ({ unit, target, good: value => value >= target, sign: '≥' })

export const TARGETS = {
  'ingest, batches of 20': atLeast('of bare ws', 0.5),
  'ingest, single events': atLeast('of bare ws', 0.7),
  'engine, batches of 20, 10 touchpoints': atMost('ns/event', 500),
  'engine, batches of 20, 200 touchpoints': atMost('ns/event', 500),
  'engine, batches of 20, 2,000 touchpoints': atMost('ns/event', 1000),
  'engine, a random visitor': atMost('of Map.get', 2),
  'live, event to subscriber p99': atMost('ms', 250),
  'restart, ready': atMost('s', 3),
  'restart, replay': atLeast('events/s', 500_000),
  'restart, longest ping during an image': atMost('ms', 50),
  'memory, an idle connection': atMost('KB RSS', 12),
  'attack, worst p99 of the others': atMost('of p99 else', 2),
  'attack, most memory': atMost('of calm', 1.5),
  'memory, a visitor': atMost('bytes', 300),
  'memory, one busy touchpoint': atMost('KB', 700),
  'memory, a touchpoint of 2,000 busy': atMost('KB', 100),
  'page, an event of a frame of 100': atMost('µs', 20),
  'page, an event of a frame of two': atMost('µs', 20),
  'page, timers while idle': atMost('', 0),
  'size, core': atMost('KB brotli', 3.5),
  'size, live': atMost('KB brotli', 4),
}
