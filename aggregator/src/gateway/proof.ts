import { createHmac, timingSafeEqual } from 'node:crypto'

/** What a proof speaks of: a visitor that the host names, or a customer that a visitor is tied to. */
export type Proven = 'visitor' | 'customer'

/**
 * The host's word that `id` is its own customer, for pages that have no secret to say so themselves: HMAC-SHA256 under
 * the secret of the page's key over `pulssi`, the project, what the id names, and the id, one a line; in hexadecimal.
 * A project has no line break in it, and the id stands last, so that no two meanings share a text.
 */
export const makeProof = (secret: string, project: string, proven: Proven, id: string): string =>
  createHmac('sha256', secret).update(['pulssi', project, proven, id].join('\n')).digest('hex')

/** Says whether a proof is right; without a secret none is. */
export type Prover = (proven: Proven, id: string, proof: string | null) => boolean

export const proverOf =
  (secret: string | null, project: string): Prover =>
  (proven, id, proof) => {
    if (secret === null || proof === null) return false
    const right = Buffer.from(makeProof(secret, project, proven, id))
    const given = Buffer.from(proof)
    return given.length === right.length && timingSafeEqual(given, right)
  }
