import { describe, expect, test } from 'vitest'
import type { Rule } from '../config/index.js'
import { BOARD_AGE_MS, INCIDENTS, UNSEEN_MS } from './limits.js'
import { storyOf } from './story.js'
import { incidentOf, NOW } from './testing/incidents.js'
import { makeScene, many } from './testing/scene.js'
import { Watch } from './watch.js'

const PLACE = 'checkout.payment'
const RULE: Rule = {
  name: 'payment hurts',
  touchpoint: PLACE,
  figure: 'sentiment',
  below: -0.2,
  window: '5m',
  for: 5_000,
  clear: 60_000,
}

const setUp = (rules: readonly Rule[], partitions = 1, options = {}) => {
  const scene = makeScene(partitions)
  let ids = 0
  const watch = new Watch({ board: scene.board, newId: () => `i.${++ids}`, ...options })
  watch.replace(rules)
  const look = async () => (await watch.look()).map(({ incident }) => [incident.touchpoint, incident.state])
  return { ...scene, watch, look }
}

describe('a watch', () => {
  test('waits for the `for` of a rule by the clock of the engine', async () => {
    const { visits, tick, look } = setUp([RULE])
    await visits(NOW, many(8, { touchpoint: PLACE, score: 1 }))
    expect(await look()).toEqual([[PLACE, 'pending']])
    await tick(NOW + 4_999)
    expect(await look()).toEqual([])
    await tick(NOW + 5_000)
    expect(await look()).toEqual([[PLACE, 'firing']])
    expect(await look()).toEqual([])
  })

  test('counts no time in which it did not look: a server that was down fires no sooner', async () => {
    const { visits, tick, look } = setUp([RULE])
    await visits(NOW, many(8, { touchpoint: PLACE, score: 1 }))
    await look()
    await tick(NOW + UNSEEN_MS + 1)
    expect(await look()).toEqual([])
    await tick(NOW + UNSEEN_MS + 5_001)
    expect(await look()).toEqual([[PLACE, 'firing']])
  })

  test('does count it where old data is run', async () => {
    const { visits, tick, look } = setUp([RULE], 1, { unseenMs: Number.POSITIVE_INFINITY })
    await visits(NOW, many(8, { touchpoint: PLACE, score: 1 }))
    await look()
    await tick(NOW + UNSEEN_MS + 1)
    expect(await look()).toEqual([[PLACE, 'firing']])
  })

  test('changes nothing while a partition is behind, or the figures are old', async () => {
    const { visits, tick, look, wall } = setUp([{ ...RULE, for: 0 }], 2)
    await tick(NOW, 1)
    await visits(NOW + 4_000, many(8, { touchpoint: PLACE, score: 1 }))
    expect(await look()).toEqual([])
    await tick(NOW + 4_000, 1)
    wall.now = NOW + 4_001 + BOARD_AGE_MS
    expect(await look()).toEqual([])
    wall.now = NOW + 4_000
    expect(await look()).toEqual([[PLACE, 'firing']])
  })

  test('has one incident for each rule and touchpoint that a pattern matches, and for roll-ups', async () => {
    const all = [
      { ...RULE, name: 'a', touchpoint: 'checkout.*', for: 0 },
      { ...RULE, name: 'b', touchpoint: '*', for: 0 },
      { ...RULE, name: 'c', touchpoint: '~journey', for: 0 },
    ]
    const { visits, watch, look } = setUp(all)
    const bad = [PLACE, 'checkout.cart', 'shop.home'].flatMap(touchpoint => many(8, { touchpoint, score: 1 }))
    await visits(NOW, [...bad, ...many(3, { touchpoint: 'shop.few', score: 1 })])
    await look()
    const open = watch.open.map(({ rule, touchpoint }) => `${rule} ${touchpoint}`)
    expect(open).toEqual([
      'a checkout.cart',
      `a ${PLACE}`,
      'b checkout.cart',
      `b ${PLACE}`,
      'b shop.home',
      'c ~journey',
    ])
  })

  test('ends what no rule watches any more', async () => {
    const { visits, tick, watch, look } = setUp([{ ...RULE, for: 0 }])
    await visits(NOW, many(8, { touchpoint: PLACE, score: 1 }))
    await look()
    watch.replace([])
    await tick(NOW + 1_000)
    expect(await look()).toEqual([[PLACE, 'resolved']])
    expect(watch.open).toEqual([])
  })

  test('opens no more than so many, and counts the others', async () => {
    const { visits, watch } = setUp([
      { ...RULE, name: 'a', touchpoint: '*', for: 0 },
      { ...RULE, name: 'b', touchpoint: '~journey', for: 0 },
    ])
    for (let n = 0; n < INCIDENTS; n++) watch.resume(incidentOf(`i.${n}`, { touchpoint: `old.t${n}`, rule: 'gone' }))
    await visits(NOW, many(8, { touchpoint: PLACE, score: 1 }))
    const changes = await watch.look()
    expect(new Set(changes.map(({ incident }) => incident.state))).toEqual(new Set(['resolved']))
    expect([changes.length, watch.notOpened, watch.open]).toEqual([INCIDENTS, 2, []])
  })

  test('goes on with an incident of an earlier life, and does not fire it again', async () => {
    const { visits, watch, look } = setUp([{ ...RULE, for: 0 }])
    watch.resume(incidentOf('i.old'))
    await visits(NOW, many(8, { touchpoint: PLACE, score: 1 }))
    expect(await look()).toEqual([])
    expect(watch.open.map(({ id }) => id)).toEqual(['i.old'])
  })
})

describe('the story of an incident', () => {
  test('is when it began, who it was, where they came from and went, and why', async () => {
    const { board, configure, visits, tick } = makeScene()
    await configure({ idleMs: 10_000 })
    const minute = NOW - (NOW % 60_000)
    await visits(minute, many(9, { touchpoint: PLACE, next: 'thanks' }))
    await visits(minute + 60_000, many(6, { touchpoint: 'cart', next: PLACE }))
    await visits(minute + 120_000, many(8, { touchpoint: PLACE, signal: 'error' }))
    await visits(minute + 180_000, many(4, { touchpoint: PLACE }))
    await tick(minute + 230_000)
    const incident = incidentOf('i.1', { figure: 'dropOff', above: 0.5, below: null, window: '5m' })
    const story = await storyOf(board, incident)
    expect(story).toMatchObject({ before: 'cart', after: 'thanks', recovered: 0 })
    // Their visits end 10 s after they began.
    expect((story.firstBadMinute - minute) / 60_000).toBe(1)
    expect(story.reason).toBeNull()
  })

  test('of somewhere nobody left from has no reason and no recovery', async () => {
    const { board, visits } = makeScene()
    await visits(NOW, many(8, { touchpoint: PLACE, score: 1 }))
    const story = await storyOf(board, incidentOf('i.1'))
    const minute = NOW - (NOW % 60_000)
    expect(story).toEqual({ ...incidentOf('i.1').story, firstBadMinute: minute, visitors: 29 })
  })
})
