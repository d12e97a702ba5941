import { Kind } from '@pulssi/protocol'
import { expect, test } from 'vitest'
import { Engine, erasuresIn, eventsOf, IdHash } from '../engine/index.js'
import { Intake, SERVICE } from './index.js'

const NOW = 1_732_250_000_000
const KEY = [1, 2] as const
const HEADER_BACKER = 48

const idOf = (name: string): [number, number] => {
  const { hi, lo } = new IdHash(KEY).of(name)
  return [hi, lo]
}

test('an erasure goes to the partition of the visitor, behind its events, and is known by the hash alone', () => {
  for (const visitor of ['v.1', 'd.2', 'p.3', 'v.4']) {
    const intake = new Intake(KEY, 3, false)
    intake.batch([2, 1, null, ['a'], [[visitor, 's', 0, NOW, [[Kind.enter, 0, 0]]]]], SERVICE, NOW)
    const [partition = -1, ...others] = intake.erase(visitor, NOW + 5, [3, 4])
    expect(others).toEqual([])
    const entry = intake.take(partition)
    expect([...eventsOf(entry, ...idOf(visitor))]).toHaveLength(1)
    expect([...erasuresIn(entry)]).toEqual([idOf(visitor)])
    expect(Buffer.from(entry).includes(visitor)).toBe(false)
    const engine = new Engine(KEY)
    engine.apply(entry, { verdict: () => {}, refused: () => {} })
    expect([engine.state.visitors.count, engine.clock]).toEqual([0, NOW + 5])
  }
})

test('whoever has a group is backed by it, all others by themselves', () => {
  const intake = new Intake(KEY, 1, false)
  const backer = (): [number, number] => {
    const entry = intake.take(0)
    const view = new DataView(entry.buffer, entry.byteOffset)
    return [view.getUint32(HEADER_BACKER, true), view.getUint32(HEADER_BACKER + 4, true)]
  }
  const send = (visitor: string, group: string | null): [number, number] => {
    intake.batch([2, 1, null, ['a'], [[visitor, 's', 0, NOW, [[Kind.enter, 0, 0]]]]], { ...SERVICE, group }, NOW)
    return backer()
  }
  expect(send('v-1', 'g-1')).toEqual(idOf('g-1'))
  expect(send('v-2', 'g-1')).toEqual(idOf('g-1'))
  expect(send('v-2', null)).toEqual(idOf('v-2'))
  expect(send('v-2', 'g-2')).toEqual(idOf('g-2'))
})

test('who may be a customer is erased in every partition, since others may be linked to it there', () => {
  for (const visitor of ['c-1', 'd-2', 'vv.3', 'P.4']) {
    const intake = new Intake(KEY, 3, false)
    expect(intake.erase(visitor, NOW, [3, 4])).toEqual([0, 1, 2])
    for (const partition of [0, 1, 2]) expect([...erasuresIn(intake.take(partition))]).toEqual([idOf(visitor)])
  }
})
