import { Kind } from '@pulssi/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Engine, RecordWriter, View } from '../engine/index.js'
import { Absorber } from './absorber.js'

const NOW = Date.UTC(2026, 0, 5)
const quiet = { verdict: (): void => {}, refused: (): void => {} }

/** A message of the Bus: `sequence:f64le partial`. */
const message = (sequence: number, partial: Uint8Array | null): Uint8Array => {
  const bytes = Buffer.alloc(8 + (partial?.length ?? 0))
  bytes.writeDoubleLE(sequence)
  bytes.set(partial ?? [], 8)
  return bytes
}

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
    return message(i + 1, step === 0 ? null : engine.partial())
  })
}

const make = () => {
  const view = new View(1)
  const errors: unknown[] = []
  const heard: boolean[] = []
  const onError = (error: unknown): void => void errors.push(error)
  const clock = { now: () => NOW }
  const absorber = new Absorber({ view, clock, onAbsorbed: isNew => void heard.push(isNew), onError })
  return { view, absorber, errors, heard }
}
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

test('takes in all messages in their order, whenever somebody asks in between', async () => {
  const steps = fc.array(fc.nat(40), { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(steps, fc.array(fc.constantFrom('put', 'turn', 'ask')), async (sizes, plan) => {
      const { view, absorber, errors, heard } = make()
      const messages = story(sizes)
      const whole = new View(1)
      for (const bytes of messages) if (bytes.length > 8) whole.absorb(0, bytes.subarray(8), NOW)
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
      while (!absorber.has([messages.length])) await turn()
      expect(view.journey('total', NOW)).toEqual(whole.journey('total', NOW))
      expect(heard).toEqual(sizes.map(size => size > 0))
      expect(errors).toEqual([])
    }),
    { numRuns: 40 },
  )
})

test('begins nothing while it is held', async () => {
  const { absorber } = make()
  const [first = new Uint8Array(), second = new Uint8Array()] = story([3, 3])
  absorber.put(0, first)
  await absorber.hold()
  const before = absorber.has([1])
  absorber.put(0, second)
  for (let i = 0; i < 5; i++) await turn()
  expect([before || absorber.has([1]), absorber.has([2])]).toEqual([before, false])
  absorber.goOn()
  while (!absorber.has([2])) await turn()
})

test('goes on after a message that is none', async () => {
  const { absorber, errors } = make()
  const [good = new Uint8Array()] = story([3])
  absorber.put(0, message(1, Uint8Array.of(9, 9, 9)))
  absorber.put(0, message(5, good.subarray(8)))
  while (!absorber.has([5])) await turn()
  expect(errors).toHaveLength(1)
})
