import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Owners } from './testing/owners.js'

const INCIDENTS = ['i1', 'i2']

/** `who`: how many owners ago. */
const who = fc.constantFrom(0, 0, 0, 1, 2)
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ is: fc.constant('tell'), who, incident: fc.constantFrom(...INCIDENTS) }) },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('wake'), who }) },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('turns'), count: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('pass') }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('answers'), areLost: fc.boolean() }) },
)

test('whichever owners follow each other: none sends or writes after its time, and each message arrives, in order', async () => {
  const turns = fc.infiniteStream(fc.integer({ min: 0, max: 4 }))
  const works = fc.infiniteStream(fc.constantFrom(true, true, false))
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 40 }), turns, works, async (actions, took, wells) => {
      const owners = new Owners(
        () => took.next().value as number,
        () => wells.next().value as boolean,
      )
      owners.pass()
      for (const step of actions) {
        const owner = 'who' in step ? owners.all.at(-1 - (step.who as number)) : undefined
        if (step.is === 'tell' && 'incident' in step) owners.tell(owner, step.incident as string)
        else if (step.is === 'wake') owners.wake(owner)
        else if (step.is === 'pass') owners.pass()
        else if ('areLost' in step) owners.store.losesAnswers = step.areLost as boolean
        else if ('count' in step) for (let n = 0; n < (step.count as number); n++) await new Promise(setImmediate)
      }
      await owners.settle()
      expect(owners.violations).toEqual([])
      for (const incident of INCIDENTS) {
        const heard = owners.heard.filter(one => one.incident === incident).map(({ message }) => message)
        expect([...new Set(heard)]).toEqual(owners.store.appeared.get(incident) ?? [])
      }
      const left = [...owners.store.values.values()].map(value => JSON.parse(Buffer.from(value).toString()))
      expect(left.flatMap(({ outbox }) => outbox)).toEqual([])
    }),
    { numRuns: 300 },
  )
})
