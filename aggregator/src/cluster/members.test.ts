import { expect, test } from 'vitest'
import type { Found } from './lease.js'
import { deadMembers, encodeMember, liveMembers, type MemberSeen, memberUntil, seeMember } from './members.js'

const found = (revision: number): Found => ({ value: encodeMember({ until: 5 }), revision })
const timing = { leaseMs: 3_000, forgetMs: 60_000 }

test('a member lives as long as its record changes', () => {
  const first = seeMember(undefined, found(4), 0) as MemberSeen
  expect(seeMember(first, found(4), 2_000)).toBe(first)
  const members = new Map([['b', first]])
  expect(liveMembers(members, 'a', 2_999, timing)).toEqual(['a', 'b'])
  expect(liveMembers(members, 'a', 3_000, timing)).toEqual(['a'])
  const renewed = seeMember(first, found(6), 2_900) as MemberSeen
  expect(liveMembers(new Map([['b', renewed]]), 'c', 5_000, timing)).toEqual(['b', 'c'])
  expect(seeMember(renewed, null, 3_000)).toBeNull()
})

test('who looks is a member, whatever it sees of itself', () => {
  expect(liveMembers(new Map([['a', { revision: 1, sinceMs: 0 }]]), 'a', 9_000, timing)).toEqual(['a'])
  expect(deadMembers(new Map([['a', { revision: 1, sinceMs: 0 }]]), 'a', 90_000, timing)).toEqual([])
})

test('a record that stood still for long is named for removal', () => {
  const members = new Map([['b', { revision: 1, sinceMs: 0 }]])
  expect(deadMembers(members, 'a', 59_999, timing)).toEqual([])
  expect(deadMembers(members, 'a', 60_000, timing)).toEqual(['b'])
})

test('a record that can’t be read counts, and has no end', () => {
  expect(memberUntil(encodeMember({ until: 5 }))).toBe(5)
  for (const text of ['', 'null', '{}', '{"until":"5"}']) expect(memberUntil(Buffer.from(text))).toBeNull()
})
