import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeProof, proverOf } from './proof.js'

test('a proof is good for its project, its meaning and its id, and for nothing else', () => {
  const text = fc.string({ minLength: 1, maxLength: 64 })
  const project = fc.stringMatching(/^[a-z0-9_-]{1,32}$/)
  const claim = fc.record({
    secret: text,
    project,
    proven: fc.constantFrom('visitor' as const, 'customer' as const),
    id: text,
  })
  fc.assert(
    fc.property(claim, claim, (made, asked) => {
      const proof = makeProof(made.secret, made.project, made.proven, made.id)
      expect(proverOf(made.secret, made.project)(made.proven, made.id, proof)).toBe(true)
      const isSame = JSON.stringify(made) === JSON.stringify(asked)
      expect(proverOf(asked.secret, asked.project)(asked.proven, asked.id, proof)).toBe(isSame)
    }),
  )
})

test('a single change anywhere in one thing makes another', () => {
  const proof = makeProof('secret', 'shop', 'visitor', 'c-1')
  expect(proverOf('secret', 'shop')('visitor', 'c-2', proof)).toBe(false)
  expect(proverOf('secret', 'shop')('customer', 'c-1', proof)).toBe(false)
  expect(proverOf('secret', 'shop2')('visitor', 'c-1', proof)).toBe(false)
  expect(proverOf('secreT', 'shop')('visitor', 'c-1', proof)).toBe(false)
})

test('it is what a host’s server makes in three lines', () => {
  const made = createHmac('sha256', 'secret').update(['pulssi', 'shop', 'customer', 'c-1'].join('\n')).digest('hex')
  expect(makeProof('secret', 'shop', 'customer', 'c-1')).toBe(made)
})

test('what is no proof, and any proof without a secret, proves nothing', () => {
  const proof = makeProof('secret', 'shop', 'visitor', 'c-1')
  const prover = proverOf('secret', 'shop')
  for (const wrong of [
    null,
    '',
    'x',
    proof.slice(1),
    `${proof}0`,
    proof.toUpperCase(),
    '\u0000'.repeat(64),
    'é'.repeat(64),
  ]) {
    expect(prover('visitor', 'c-1', wrong), String(wrong)).toBe(false)
  }
  expect(proverOf(null, 'shop')('visitor', 'c-1', proof)).toBe(false)
  expect(proverOf(null, 'shop')('visitor', 'c-1', makeProof('', 'shop', 'visitor', 'c-1'))).toBe(false)
})
