/** What `npm run bench` runs, in order: each step is a script in a process of its own. */
const engine = (touchpoints, visitors, extra = {}) => ({
  part: 'engine',
  script: 'engine.mjs',
  options: { touchpoints, visitors, ...extra },
})

const MILLION = 1_000_000

export const PLAN = [
  engine(10, MILLION, { name: 'engine, batches of 20, 10 touchpoints' }),
  engine(200, MILLION, { name: 'engine, batches of 20, 200 touchpoints' }),
  engine(2_000, MILLION, { name: 'engine, batches of 20, 2,000 touchpoints' }),
  engine(200, 1_000, { name: 'engine, batches of 20, 1,000 visitors' }),
  engine(200, 100_000, { name: 'engine, batches of 20, 100,000 visitors' }),
  engine(200, MILLION, { name: 'engine, batches of 20 over 14 s', stepMs: 700 }),
  engine(200, MILLION, { name: 'engine, scattered', scattered: true }),
  { part: 'engine', script: 'engine-random.mjs', options: {} },
  { part: 'memory', script: 'memory-visitors.mjs', options: {} },
  {
    part: 'memory',
    script: 'memory-touchpoints.mjs',
    options: { touchpoints: 1, events: 2_000_000, name: 'memory, one busy touchpoint' },
  },
  {
    part: 'memory',
    script: 'memory-touchpoints.mjs',
    options: { touchpoints: 2_000, events: 4_000_000, name: 'memory, a touchpoint of 2,000 busy' },
  },
  { part: 'codec', script: 'codec.mjs', options: {} },
  { part: 'ingest', script: 'ingest.mjs', options: {} },
  { part: 'live', script: 'live.mjs', options: {} },
  { part: 'restart', script: 'restart.mjs', options: {} },
  { part: 'idle', script: 'idle.mjs', options: {} },
  { part: 'attack', script: 'attack.mjs', options: {} },
  { part: 'sizing', script: 'sizing.mjs', options: {} },
  { part: 'sizing', script: 'sizing-history.mjs', options: {} },
  { part: 'nats', script: 'nats-log.mjs', options: {} },
  { part: 'nats', script: 'nats-ingest.mjs', options: {} },
  { part: 'workers', script: 'nats-workers.mjs', options: {} },
  { part: 'board', script: 'nats-board.mjs', options: {} },
  { part: 'recovery', script: 'nats-recovery.mjs', options: {} },
  { part: 'cost', script: 'cost.mjs', options: {} },
  { part: 'page', script: 'page.mjs', options: {} },
  { part: 'page', script: 'page-auto.mjs', options: {} },
  { part: 'screen', script: 'screen.mjs', options: {} },
  { part: 'size', script: 'sizes.mjs', options: {} },
]

export const PARTS = [...new Set(PLAN.map(step => step.part))]
