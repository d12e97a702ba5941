/**
 * Checks what a cluster wrote of itself: who held what in which epoch, and who committed. Reads the bucket of values
 * with all their versions; imports the NATS client alone.
 */
import { jetstream, jetstreamManager } from '@nats-io/jetstream'

const ESCAPED = /=([0-9A-F]{2})/g
const KEPT = /^(lease|image|pointer)\//
const PARTITION = 'partition/'
const READ_MESSAGES = 200

const keyOf = subject =>
  subject
    .split('.')
    .map(token => token.replace(ESCAPED, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))))
    .join('/')

/** Every write of a lease, an image or a pointer, in the order of the stream: {sequence, atMs, key, value}. */
export const readHistory = async (connection, bucket) => {
  const stream = `KV_${bucket}`
  const { state } = await (await jetstreamManager(connection)).streams.info(stream)
  const records = []
  if (state.messages === 0) return records
  const consumer = await jetstream(connection).consumers.get(stream)
  for await (const message of await consumer.consume({ max_messages: READ_MESSAGES })) {
    const key = keyOf(message.subject.slice(`$KV.${bucket}.`.length))
    if (KEPT.test(key)) {
      const value = message.data.length === 0 ? null : JSON.parse(message.string())
      records.push({ sequence: message.seq, atMs: message.info.timestampNanos / 1e6, key, value })
    }
    if (message.seq >= state.last_seq) break
  }
  return records
}

/** The lease whose holder alone may commit under a key; null: any may. */
const leaseOf = key => {
  const [, image, history] = /^(?:image\/(\d+)|pointer\/history\/(\d+)\/.*)$/.exec(key) ?? []
  const partition = image ?? history
  return partition === undefined ? null : PARTITION + partition
}

class Lease {
  name
  /** epoch → owner, as it was taken. */
  owners = new Map()
  epoch = 0
  takeovers = 0
  releases = 0
  commits = 0
  lateCommits = 0
  longestGapMs = 0
  #last = null

  constructor(name) {
    this.name = name
  }

  /** Yields what is wrong with a write. */
  *write({ sequence, atMs, value: { owner, epoch } }) {
    const where = `${this.name} at ${sequence}`
    const before = this.#last
    if (epoch < this.epoch) yield `${where}: epoch ${epoch} after ${this.epoch}`
    if (epoch > this.epoch + 1) yield `${where}: epoch ${epoch} after ${this.epoch}: who had those between?`
    if (owner === null) {
      if (before?.owner !== null) this.releases++
    } else {
      const known = this.owners.get(epoch)
      if (known !== undefined && known !== owner) yield `${where}: epoch ${epoch} is of ${known} and of ${owner}`
      if (epoch === before?.epoch && before.owner === null) yield `${where}: epoch ${epoch} was given back, and is held`
      if (known === undefined) this.owners.set(epoch, owner)
    }
    if (before !== null && epoch > before.epoch) {
      if (before.owner !== null) this.takeovers++
      this.longestGapMs = Math.max(this.longestGapMs, atMs - before.atMs)
    }
    this.epoch = Math.max(this.epoch, epoch)
    this.#last = { owner, epoch, atMs }
  }
}

/** Yields what is wrong with a commit, of which `before` was the one before it under its key. */
function* commit(record, before, leases) {
  const { sequence, key, value } = record
  const { owner, epoch, images } = value
  const where = `${key} at ${sequence}`
  const name = leaseOf(key)
  const holders = name === null ? [...leases.values()] : [leases.get(name)].filter(lease => lease !== undefined)
  const lease = holders.find(({ owners }) => owners.get(epoch) === owner)
  if (lease === undefined) yield `${where}: ${owner} commits in epoch ${epoch}, which it never held`
  if (lease !== undefined) {
    lease.commits++
    if (epoch < lease.epoch) lease.lateCommits++
  }
  if (before === undefined) return
  if (epoch < before.epoch) yield `${where}: epoch ${epoch} commits after ${before.epoch}`
  if (epoch === before.epoch && owner !== before.owner) {
    yield `${where}: ${before.owner} and ${owner} both commit in epoch ${epoch}`
  }
  const [newest, known] = [images?.[0]?.sequence, before.images?.[0]?.sequence]
  if (newest < known) yield `${where}: the image of ${newest} after that of ${known}`
}

const numberOf = name => (name.startsWith(PARTITION) ? Number(name.slice(PARTITION.length)) : Number.POSITIVE_INFINITY)

/**
 * What a history shows, a row for each lease, and what is wrong with it: two owners in an epoch, an epoch that goes back
 * or is left out, a commit by who didn't hold, or of an earlier epoch or image than one before it. A late commit is none
 * of these: it came after the next epoch was taken and before anything was committed in it, so that nothing was undone.
 */
export const checkHistory = records => {
  const leases = new Map()
  const commits = new Map()
  const wrong = []
  for (const record of records) {
    const { key, value, sequence } = record
    if (key.startsWith('lease/')) {
      const name = key.slice('lease/'.length)
      if (value === null) {
        wrong.push(`${name} at ${sequence}: the lease was deleted`)
        continue
      }
      if (!leases.has(name)) leases.set(name, new Lease(name))
      wrong.push(...leases.get(name).write(record))
    } else if (value !== null) {
      wrong.push(...commit(record, commits.get(key), leases))
      commits.set(key, value)
    }
  }
  const rows = [...leases.values()]
    .sort((a, b) => numberOf(a.name) - numberOf(b.name))
    .map(({ name, epoch, owners, takeovers, releases, commits, lateCommits, longestGapMs }) => {
      const members = new Set(owners.values()).size
      return { name, epoch, owners: members, takeovers, releases, commits, lateCommits, longestGapMs }
    })
  return { records: records.length, rows, wrong }
}
