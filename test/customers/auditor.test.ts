import { describe, expect, it } from 'vitest'
import { Auditor, LINK_SETTLES_MS } from './auditor.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const BUDGET = {
  sessionMs: 30 * MINUTE,
  everyMs: HOUR,
  afterAnswerMs: 5 * HOUR,
  afterDismissalMs: 2 * HOUR,
  mostMs: 6 * HOUR,
}

const audited = (make: (auditor: Auditor) => void, budget = BUDGET): string[] => {
  const auditor = new Auditor(budget)
  make(auditor)
  return auditor.breaches.map(({ rule }) => rule)
}

describe('the auditor of asks', () => {
  it('sees who is asked too often', () => {
    const twice = (after: number) =>
      audited(auditor => {
        auditor.put(HOUR, 'a', '1')
        auditor.put(HOUR + after, 'a', '2')
      })
    expect(twice(HOUR - 1)).toEqual(['every'])
    expect(twice(HOUR)).toEqual([])
  })

  it('sees who is asked twice in a session, however long it is', () => {
    const through = (steps: number[]) =>
      audited(auditor => {
        auditor.put(0, 'a', '1')
        for (const at of steps) auditor.came(at * MINUTE, 'a')
        auditor.put(61 * MINUTE, 'a', '2')
      })
    expect(through([20, 40, 60])).toEqual(['session'])
    expect(through([20, 50, 60])).toEqual([])
  })

  it('sees who is asked too soon after an answer, or a dismissal, and longer after more of them', () => {
    const again = (act: (auditor: Auditor) => void, after: number) =>
      audited(auditor => {
        act(auditor)
        auditor.put(10 * HOUR + after, 'a', '2')
      })
    expect(again(auditor => auditor.answered(10 * HOUR, 'a'), 5 * HOUR - 1)).toEqual(['afterAnswer'])
    expect(again(auditor => auditor.answered(10 * HOUR, 'a'), 5 * HOUR)).toEqual([])
    expect(again(auditor => auditor.dismissed(10 * HOUR, 'a'), 2 * HOUR - 1)).toEqual(['afterDismissal'])
    const thrice = (auditor: Auditor) => {
      for (const hour of [1, 5, 10]) auditor.dismissed(hour * HOUR, 'a')
    }
    expect(again(thrice, 6 * HOUR - 1)).toEqual(['afterDismissal'])
    expect(again(thrice, 6 * HOUR)).toEqual([])
  })

  it('sees one person in two visitors once both are linked, not before', () => {
    const pair = (linkedAt: number) =>
      audited(auditor => {
        auditor.linked(0, 'a', 'c')
        auditor.linked(linkedAt, 'b', 'c')
        auditor.put(HOUR, 'a', '1')
        auditor.put(HOUR + MINUTE, 'b', '1')
      })
    expect(pair(0)).toEqual(['every', 'session'])
    expect(pair(HOUR + 2 * MINUTE - LINK_SETTLES_MS)).toEqual([])
  })

  it('takes no ask twice', () => {
    const auditor = new Auditor(BUDGET)
    auditor.put(0, 'a', '1')
    expect(() => auditor.put(24 * HOUR, 'a', '1')).toThrow('put twice')
  })
})
