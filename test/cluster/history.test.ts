/** The checker finds what is wrong with a history: each is made by one change to a good one. */
import { expect, test } from 'vitest'
import { checkHistory } from './history.mjs'

interface Written {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

const lease = (owner: string | null, epoch: number): Written => ({ key: 'lease/partition/3', value: { owner, epoch } })
const image = (owner: string, epoch: number, sequence: number): Written => ({
  key: 'image/3',
  value: { owner, epoch, images: [{ sequence }] },
})
const day = (owner: string, epoch: number): Written => ({
  key: 'pointer/history/3/2026-01-05',
  value: { owner, epoch },
})

/** a holds and commits, gives it back; b takes it and dies; a takes it over. */
const GOOD = [
  lease('a', 1),
  image('a', 1, 10),
  lease('a', 1),
  day('a', 1),
  lease(null, 1),
  lease('b', 2),
  image('b', 2, 20),
  lease('b', 2),
  lease('a', 3),
  image('a', 3, 20),
  day('a', 3),
]

const check = (written: readonly Written[]) =>
  checkHistory(written.map((one, i) => ({ sequence: i + 1, atMs: i * 1_000, ...one })))

test('a good history has nothing wrong, and is told in a row', () => {
  expect(check(GOOD)).toEqual({
    records: GOOD.length,
    rows: [
      {
        name: 'partition/3',
        epoch: 3,
        owners: 2,
        takeovers: 1,
        releases: 1,
        commits: 5,
        lateCommits: 0,
        longestGapMs: 1_000,
      },
    ],
    wrong: [],
  })
})

test('a commit between the taking of the next epoch and its first commit undoes nothing', () => {
  const { rows, wrong } = check([lease('a', 1), lease('b', 2), image('a', 1, 10), image('b', 2, 10)])
  expect(wrong).toEqual([])
  expect(rows[0]).toMatchObject({ lateCommits: 1 })
})

const BAD: readonly (readonly [string, readonly Written[], RegExp])[] = [
  ['two owners in an epoch', [lease('a', 1), lease('b', 1)], /epoch 1 is of a and of b/],
  ['an epoch that goes back', [lease('a', 1), lease('b', 2), lease('a', 1)], /epoch 1 after 2/],
  ['an epoch that is left out', [lease('a', 1), lease('b', 3)], /who had those between/],
  ['an epoch held again', [lease('a', 1), lease(null, 1), lease('a', 1)], /was given back/],
  ['a commit after one of a later epoch', [...GOOD, image('b', 2, 30)], /epoch 2 commits after 3/],
  ['a commit in an epoch of another', [lease('a', 1), image('b', 1, 10)], /which it never held/],
  ['two who commit in an epoch', [lease('a', 1), image('a', 1, 10), image('b', 1, 20)], /both commit in epoch 1/],
  ['a day by who never held the partition', [lease('a', 1), day('a', 2)], /which it never held/],
  ['an image older than the one before', [...GOOD, image('a', 3, 19)], /the image of 19 after that of 20/],
]

test.each(BAD)('%s is noticed', (_, written, what) => {
  expect(check(written).wrong.join('\n')).toMatch(what)
})

test('a lease that was deleted is noticed', () => {
  const gone = { key: 'lease/partition/3', value: null, sequence: 2, atMs: 0 }
  expect(checkHistory([{ sequence: 1, atMs: 0, ...lease('a', 1) }, gone]).wrong).toEqual([
    'partition/3 at 2: the lease was deleted',
  ])
})
