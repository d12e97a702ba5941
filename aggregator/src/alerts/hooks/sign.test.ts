import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { signatureHeaders } from './sign.js'

test('the reference library verifies what is signed, with a key in base64 and with one in words', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 64 }),
      fc.string({ maxLength: 20 }).map(some => `${some}ä`),
      (key, text) => {
        const body = JSON.stringify({ text })
        const signed = { id: 'msg_1', at: Date.now(), body }
        const secret = `whsec_${Buffer.from(key).toString('base64')}`
        expect(new Webhook(secret).verify(body, signatureHeaders(secret, signed))).toEqual({ text })
        const words = 'correct horse battery staple'
        const raw = new Webhook(Buffer.from(words), { format: 'raw' })
        expect(raw.verify(body, signatureHeaders(words, signed))).toEqual({ text })
        expect(() => raw.verify(`${body} `, signatureHeaders(words, signed))).toThrow('No matching signature')
      },
    ),
    { numRuns: 10 },
  )
})
