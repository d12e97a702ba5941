import { Kind } from '@pulssi/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Engine, RecordWriter, View } from '../engine/index.js'
import { packPartial, unpackPartial } from '../worker/partial.js'
import { Absorber } from './absorber.js'
import { Followed } from './followed.js'

const NOW = Date.UTC(2026, 0, 5)
const quiet = { verdict: (): void => {}, refused: (): void => {} }

const message = (number: number, partial: Uint8Array | null): Uint8Array =>
  packPartial({ epoch: 1, number, sequence: number, isWhole: number === 1 }, partial)

/** Messages of an engine that is told of a new visitor at one of many touchpoints, again and again. */
const story = (steps: readonly number[]): Uint8Array[] => {
  const engine = new Engine([1, 2])
  return steps.map((step, i) => {
    const out = new RecordWriter()
    const ids = { visitorHi: i + 1, visitorLo: 7, streamHi: 0, streamLo: 0, hasStream: false, seq: 0 }
    out.begin({ receivedAt: NOW, base: NOW, dataClock: false, page: false, bot: false, ...ids })
    for (let place = 0; place < step; place++) out.event(Kind.enter, out.place(`t${place}`, null, []), NOW)
    out.end()
    engine.apply(out.take(), quiet)
    return message(i + 1, step === 0 && i > 0 ? null : engine.partial())
  })
}

const make = () => {
  const view = new View(1)
  const errors: unknown[] = []
  const heard: boolean[] = []
  const onError = (error: unknown): void => void errors.push(error)
  const clock = { now: () => NOW }
  const asked: number[] = []
  const followed = new Followed({
    ...{ partitions: 1, clock, silentMs: 2_000 },
    ask: partition => void asked.push(partition),
  })
  const absorber = new Absorber({ view, clock, followed, onAbsorbed: isNew => void heard.push(isNew), onError })
  return { view, absorber, followed, errors, heard, asked }
}
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

test('takes in all messages in their order, whenever somebody asks in between', async () => {
  const steps = fc.array(fc.nat(40), { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(steps, fc.array(fc.constantFrom('put', 'turn', 'ask')), async (sizes, plan) => {
      const { view, absorber, followed, errors, heard } = make()
      const messages = story(sizes)
      const whole = new View(1)
      for (const each of messages) {
        const { bytes } = unpackPartial(each)
        if (bytes.length > 0) whole.absorb(0, bytes, NOW)
      }
      let put = 0
      for (const what of plan) {
        if (what === 'put' && put < messages.length) absorber.put(0, messages[put++] as Uint8Array)
        else if (what === 'turn') await turn()
        else {
          absorber.finish()
          view.journey('total', NOW)
        }
      }
      while (put < messages.length) absorber.put(0, messages[put++] as Uint8Array)
      while (!followed.has([messages.length])) await turn()
      expect(view.journey('total', NOW)).toEqual(whole.journey('total', NOW))
      expect(heard).toEqual(sizes.map((size, i) => size > 0 || i === 0))
      expect(errors).toEqual([])
    }),
    { numRuns: 40 },
  )
})

test('begins nothing while it is held', async () => {
  const { absorber, followed } = make()
  const [first = new Uint8Array(), second = new Uint8Array()] = story([3, 3])
  absorber.put(0, first)
  await absorber.hold()
  const before = followed.has([1])
  absorber.put(0, second)
  for (let i = 0; i < 5; i++) await turn()
  expect([before || followed.has([1]), followed.has([2])]).toEqual([before, false])
  absorber.goOn()
  while (!followed.has([2])) await turn()
})

test('goes on after a message that is none, once a whole one comes', async () => {
  const { absorber, followed, view, errors, asked } = make()
  const [first = new Uint8Array(), second = new Uint8Array()] = story([3, 3])
  absorber.put(0, Uint8Array.of(9, 9, 9))
  absorber.put(0, message(1, Uint8Array.of(9, 9, 9)))
  absorber.put(0, second)
  while (errors.length < 2) await turn()
  expect([followed.has([2]), view.select(['*']), asked]).toEqual([false, [], [0]])
  const header = { epoch: 1, number: 3, sequence: 5, isWhole: true }
  absorber.put(0, packPartial(header, unpackPartial(first).bytes))
  while (!followed.has([5])) await turn()
  expect(view.select(['*'])).toEqual(['t0', 't1', 't2'])
  expect(errors).toHaveLength(2)
})
