// A million visitors on two workers of which one is killed, then one told to end: how long until all partitions are live.
import { note, quick, result } from './child.mjs'
import { startCluster } from './cluster.mjs'
import { fillVisitors } from './crowd.mjs'
import { Leasing } from './leasing.mjs'
import { counted } from './servers.mjs'

const VISITORS = quick ? 20_000 : 1_000_000
const PARTITIONS = 16
const IMAGE_SECONDS = quick ? 2 : 10
const LOOK_MS = 20
const PATIENCE_MS = 60_000
const MB = 1e6

const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

const until = async (condition, what) => {
  const end = performance.now() + PATIENCE_MS
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${PATIENCE_MS} ms`)
    await pause(LOOK_MS)
  }
}

const staleOf = async ({ http }) => {
  const { stale } = await (await fetch(`${http}/v1/pulse?window=1m&touchpoint=none`)).json()
  return stale.length
}

const metric = async ({ http }, name) => {
  const answer = await (await fetch(http)).text()
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'm').exec(answer)?.[1] ?? 0)
}

const imagesOf = async workers => {
  const each = await Promise.all(workers.map(worker => metric(worker, 'pulssi_images_total')))
  return each.reduce((sum, images) => sum + images, 0)
}

const cluster = await startCluster({ partitions: PARTITIONS, imageSeconds: IMAGE_SECONDS })
const leasing = new Leasing()
const startWorker = () => cluster.start(['worker'], { onLine: leasing.hear })
const gateway = await cluster.start(['gateway'])
const workers = await Promise.all([startWorker(), startWorker()])
await fillVisitors(gateway, VISITORS)
await counted(gateway, VISITORS)
const before = await imagesOf(workers)
// What was under way held not all of them yet.
await until(async () => (await imagesOf(workers)) >= before + 2 * PARTITIONS, 'images of all partitions')
const imageBytes = await metric(workers[1], 'pulssi_last_image_size_bytes')
await until(async () => (await staleOf(gateway)) === 0, 'all partitions live')

leasing.clear()
const killedAt = Date.now()
await workers[0].kill()
await until(async () => (await staleOf(gateway)) > 0, 'the gap seen')
const seenMs = Date.now() - killedAt
await until(async () => (await staleOf(gateway)) === 0, 'all partitions live again')
const liveMs = Date.now() - killedAt
await counted(gateway, VISITORS)
const begunAt = Math.min(...leasing.taken.map(({ begun }) => begun))
const takenAt = Math.max(...leasing.taken.map(({ ended }) => ended))
const count = `${leasing.taken.length} of ${PARTITIONS} partitions, ${VISITORS.toLocaleString('en')} visitors`
result(
  'nats recovery, live again',
  liveMs / 1_000,
  's',
  `${count}; shown as stale after ${(seenMs / 1_000).toFixed(2)}`,
)
const image = `image of a partition ${(imageBytes / MB).toFixed(1)} MB, all ${((imageBytes * PARTITIONS) / MB).toFixed(0)} MB`
result('nats recovery, without the lease', (takenAt - begunAt) / 1_000, 's', `from the first lease on; ${image}`)

await startWorker()
await until(async () => leasing.left.length >= PARTITIONS / 2 && (await staleOf(gateway)) === 0, 'partitions moved')
leasing.clear()
const endedAt = Date.now()
await workers[1].close()
await until(() => leasing.taken.length >= leasing.left.length, 'partitions taken')
await until(async () => (await staleOf(gateway)) === 0, 'all partitions live')
const gaps = leasing.left.map(left => {
  const next = leasing.taken.find(({ partition }) => partition === left.partition)
  return next.ended - left.ended
})
const drained = `${gaps.length} partitions, the last of them taken ${((Math.max(...leasing.taken.map(({ ended }) => ended)) - endedAt) / 1_000).toFixed(2)} s after the signal`
result('nats recovery, longest gap of a drained one', Math.max(...gaps) / 1_000, 's', drained)
await counted(gateway, VISITORS)
await cluster.close()
if (VISITORS < 1_000_000) note('few visitors')
