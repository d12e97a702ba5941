import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Comments, Spoken, View } from '../engine/index.js'
import { NewVoices, type Voiced } from './voices.js'

const KEPT = 4
const PARTITIONS = 2

const said = (partition: number, text: string, at: number): Spoken => ({
  ...{ hi: partition, lo: at, scale: -1, level: -1 },
  at,
  text,
})
const newest = (list: readonly Spoken[]): Spoken[] => [...list].sort((a, b) => b.at - a.at).slice(0, KEPT)

/** What a board shows, as a test sets it: touchpoints with their lists by partition. */
class Scene {
  heard = new Set<number>([0, 1])
  readonly places = new Map<string, { lists: readonly Spoken[][]; isShown: boolean }>()

  place(name: string): { lists: readonly Spoken[][]; isShown: boolean } {
    const place = this.places.get(name) ?? { lists: Array.from({ length: PARTITIONS }, () => []), isShown: true }
    this.places.set(name, place)
    return place
  }

  say(name: string, partition: number, spoken: Spoken): void {
    const place = this.place(name)
    place.lists = place.lists.map((list, i) => (i === partition ? newest([...list, spoken]) : list))
  }

  *#comments(): Generator<Comments> {
    for (const [touchpoint, { lists, isShown }] of this.places) {
      yield { touchpoint, lists, isShown, shown: () => newest(lists.flat()) }
    }
  }

  get view(): View {
    return { heardPartitions: new Set(this.heard), comments: () => this.#comments() } as unknown as View
  }
}

const texts = (news: readonly Voiced[]): string[] => news.map(({ spoken }) => spoken.text)

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ does: fc.constant('say'), where: fc.nat(1), partition: fc.nat(1), late: fc.nat(9) }),
  },
  fc.record({
    does: fc.constantFrom('hold', 'show', 'again', 'erase'),
    where: fc.nat(1),
    partition: fc.nat(1),
    late: fc.nat(0),
  }),
  fc.record({ does: fc.constant('look'), where: fc.nat(1), partition: fc.nat(1), late: fc.nat(0) }),
)

describe('new comments', () => {
  test('W74: none is told twice, none while it is held back, and each that may be shown is, once', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const scene = new Scene()
        const news = new NewVoices()
        const told = new Set<string>()
        news.look(scene.view)
        for (const [i, { does, where, partition, late }] of [...steps, { ...LOOK }].entries()) {
          const name = `place-${where}`
          const place = scene.place(name)
          if (does === 'say') scene.say(name, partition, said(partition, `${i}`, 100 + i - late))
          if (does === 'hold' || does === 'show') place.isShown = does === 'show'
          // A partition that tells everything anew: the same comments, other lists.
          if (does === 'again') place.lists = place.lists.map(list => list.map(spoken => ({ ...spoken })))
          if (does === 'erase') place.lists = place.lists.map((list, at) => (at === partition ? list.slice(1) : list))
          if (does !== 'look') continue
          const before = [...scene.places].flatMap(([at, { lists, isShown }]) =>
            isShown ? newest(lists.flat()).map(({ text }) => `${at} ${text}`) : [],
          )
          for (const { touchpoint, spoken } of news.look(scene.view)) {
            const key = `${touchpoint} ${spoken.text}`
            expect(told.has(key)).toBe(false)
            expect(before).toContain(key)
            told.add(key)
          }
        }
      }),
    )
  })

  test('W74: what was there before the first look is nothing new; what was held back then comes when it may', () => {
    const scene = new Scene()
    scene.say('shown', 0, said(0, 'old', 1))
    scene.say('held', 1, said(1, 'waiting', 2))
    scene.place('held').isShown = false
    const news = new NewVoices()
    expect(news.look(scene.view)).toEqual([])
    scene.say('shown', 0, said(0, 'new', 3))
    scene.say('held', 0, said(0, 'fifth', 4))
    scene.place('held').isShown = true
    scene.say('later', 1, said(1, 'of a place that is new', 5))
    expect(texts(news.look(scene.view))).toEqual(['waiting', 'new', 'fifth', 'of a place that is new'])
    expect(news.look(scene.view)).toEqual([])
  })

  test('W74: what a partition held before it was heard of is nothing new', () => {
    const scene = new Scene()
    scene.heard = new Set([0])
    const news = new NewVoices()
    news.look(scene.view)
    scene.say('shown', 0, said(0, 'new', 3))
    scene.say('shown', 1, said(1, 'old', 1))
    scene.heard.add(1)
    expect(texts(news.look(scene.view))).toEqual(['new'])
  })

  test('W74: one that others had pushed out doesn’t come when they are erased', () => {
    const scene = new Scene()
    const news = new NewVoices()
    news.look(scene.view)
    for (let i = 0; i < KEPT; i++) scene.say('shown', 0, said(0, `${i}`, 10 + i))
    scene.say('shown', 1, said(1, 'older', 5))
    expect(texts(news.look(scene.view))).toEqual(['0', '1', '2', '3'])
    const place = scene.place('shown')
    place.lists = [[], place.lists[1] as Spoken[]]
    expect(news.look(scene.view)).toEqual([])
  })
})

const LOOK = { does: 'look', where: 0, partition: 0, late: 0 }
