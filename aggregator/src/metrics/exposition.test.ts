import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Exposition } from './exposition.js'
import type { Snapshot } from './snapshot.js'
import { METRICS } from './table.js'
import { Tally } from './tally.js'
import { APPEND_BUCKETS_S, Latencies } from './timed-log.js'

const snapshot = (): Snapshot => ({
  version: '0.1.0',
  ready: true,
  connections: 3,
  traffic: { inBytes: 10, outBytes: 20 },
  tally: new Tally(),
  log: { latencies: new Latencies(), failed: 1, appendedBytes: 99 },
  queue: { waitingBytes: 4, unfoldedBytes: 5, unfoldedEntries: 2, lagMs: 1_500 },
  board: {
    clock: 1,
    ageMs: 250,
    partitions: 2,
    stalePartitions: 1,
    subscribers: 7,
    touchpoints: 6,
    events: { accepted: 8, duplicates: 9, lost: 10, late: 11, tooLate: 12, rejected: 13, bots: 14 },
    asks: { shown: 31, dismissed: 32, answered: 33, expired: 34, rate: 1, saved: 35 },
  },
  worker: { visitors: 15, tableBytes: 16, images: 0, failedImages: 0, lastImage: null, replayMs: 400 },
  alerts: { open: 1, notOpened: 0, delivered: 21, failed: 22, lost: 23, waiting: 24, switchedOff: 1 },
})

/** Values by name and labels, of the lines that are no comment. */
const parse = (text: string): Map<string, number> =>
  new Map(
    text
      .split('\n')
      .filter(line => line !== '' && !line.startsWith('#'))
      .map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))] as const),
  )

describe('the exposition', () => {
  it('has every metric of the table, and those of the process', async () => {
    const text = await new Exposition(snapshot).text()
    for (const { name } of METRICS) expect(text).toContain(`# TYPE ${name} `)
    expect(text).toContain('process_resident_memory_bytes')
    expect(text).toContain('nodejs_eventloop_lag_seconds')
  })

  it('tells figures in base units', async () => {
    const values = parse(await new Exposition(snapshot).text())
    expect(values.get('pulssi_fold_lag_seconds')).toBe(1.5)
    expect(values.get('pulssi_board_age_seconds')).toBe(0.25)
    expect(values.get('pulssi_events_total{outcome="too_late"}')).toBe(12)
    expect(values.get('pulssi_network_bytes_total{direction="out"}')).toBe(20)
    expect(values.get('pulssi_build_info{version="0.1.0"}')).toBe(1)
    expect(values.get('pulssi_hook_attempts_total{outcome="failed"}')).toBe(22)
    expect(values.has('pulssi_last_image_size_bytes')).toBe(false)
  })

  it('has no sample of what is not known, and one once it is', async () => {
    let lastImage: Snapshot['worker']['lastImage'] = null
    const exposition = new Exposition(() => ({ ...snapshot(), worker: { ...snapshot().worker, lastImage } }))
    expect(parse(await exposition.text()).has('pulssi_last_image_size_bytes')).toBe(false)
    lastImage = { storedAt: 1_000, tookMs: 20, sizeBytes: 30 }
    const values = parse(await exposition.text())
    expect(values.get('pulssi_last_image_size_bytes')).toBe(30)
    expect(values.get('pulssi_last_image_timestamp_seconds')).toBe(1)
    expect(values.get('pulssi_last_image_duration_seconds')).toBe(0.02)
  })

  it('tells what a member of a cluster knows, and nothing of it for who is alone', async () => {
    const alone = parse(await new Exposition(snapshot).text())
    expect([...alone.keys()].filter(name => /nats|lease|partition_age/.test(name))).toEqual([])
    const link = { name: 'log', isUp: true, reconnects: 2, unanswered: 3 } as const
    const leases = { role: 'worker', held: 4, members: 5, taken: 6, takenOver: 7, lost: 8, lookAgeMs: 250 }
    const cluster = { links: [link], droppedMessages: 9, leases: [leases], servedPartitions: 4, logFullness: null }
    let held = 4
    const exposition = new Exposition(() => ({
      ...snapshot(),
      board: { ...snapshot().board, agesMs: [500, null] },
      cluster: { ...cluster, leases: [{ ...leases, held, lookAgeMs: held === 4 ? 250 : null }] },
    }))
    const values = parse(await exposition.text())
    expect(values.get('pulssi_nats_up{link="log"}')).toBe(1)
    expect(values.get('pulssi_nats_reconnects_total{link="log"}')).toBe(2)
    expect(values.get('pulssi_leases{role="worker"}')).toBe(4)
    expect(values.get('pulssi_lease_takeovers_total{role="worker"}')).toBe(7)
    expect(values.get('pulssi_lease_look_age_seconds{role="worker"}')).toBe(0.25)
    expect(values.get('pulssi_bus_dropped_total')).toBe(9)
    expect(values.get('pulssi_partition_age_seconds{partition="0"}')).toBe(0.5)
    expect(values.has('pulssi_partition_age_seconds{partition="1"}')).toBe(false)
    held = 3
    const after = parse(await exposition.text())
    expect(after.get('pulssi_leases{role="worker"}')).toBe(3)
    expect(after.has('pulssi_lease_look_age_seconds{role="worker"}')).toBe(false)
  })

  it('says the same when asked again', async () => {
    const taken = snapshot()
    const exposition = new Exposition(() => taken)
    taken.tally.frame(2)
    await exposition.text()
    expect(parse(await exposition.text()).get('pulssi_messages_total{type="batch"}')).toBe(1)
  })

  it('names metrics as Prometheus asks', () => {
    const names = METRICS.map(metric => metric.name)
    expect(new Set(names).size).toBe(names.length)
    for (const { name, type, help } of METRICS) {
      expect(name).toMatch(/^pulssi_[a-z0-9]+(_[a-z0-9]+)*$/)
      expect(name.endsWith('_total')).toBe(type === 'counter')
      expect(name).not.toMatch(/_(ms|milliseconds|kb|mb|percent|minutes)(_|$)/)
      expect(help).toMatch(/\.$/)
    }
  })
})

describe('the tally', () => {
  it('has no label from outside, whatever codes and types come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5_000 })), codes => {
        const tally = new Tally()
        const before = [...tally.closes.entries()].map(([name]) => name)
        for (const code of codes) tally.closes.add(code)
        const after = [...tally.closes.entries()]
        expect(after.length).toBeLessThanOrEqual(before.length + 1)
        expect(after.reduce((sum, [, count]) => sum + count, 0)).toBe(codes.length)
      }),
    )
  })

  it('counts answers by class', () => {
    const tally = new Tally()
    for (const status of [200, 204, 404, 429, 503]) tally.answered(status)
    expect(Object.fromEntries(tally.answers.entries())).toMatchObject({ '2xx': 2, '4xx': 2, '5xx': 1 })
  })
})

it('the histogram counts each append in every bucket at or above it', async () => {
  const latency = fc.double({ min: 0, max: 10, noNaN: true })
  await fc.assert(
    fc.asyncProperty(fc.array(latency), async all => {
      const taken = snapshot()
      for (const seconds of all) taken.log.latencies.observe(seconds)
      const values = parse(await new Exposition(() => taken).text())
      for (const bound of APPEND_BUCKETS_S) {
        const expected = all.filter(seconds => seconds <= bound).length
        expect(values.get(`pulssi_log_append_seconds_bucket{le="${bound}"}`)).toBe(expected)
      }
      expect(values.get('pulssi_log_append_seconds_bucket{le="+Inf"}')).toBe(all.length)
      expect(values.get('pulssi_log_append_seconds_count')).toBe(all.length)
    }),
    { numRuns: 20 },
  )
})
