import { createHash, type KeyObject } from 'node:crypto'
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose'
import { z } from 'zod'
import { type Issuer, issuerKey, scopeNames, touchpointPatterns } from '../config/index.js'
import type { Reader } from './rights.js'

/** A token lives at most so long, from `iat` to `exp`. */
export const TOKEN_LIFE_S = 24 * 60 * 60
/** How far the issuer's clock and ours may be apart. */
export const CLOCK_TOLERANCE_S = 30

/** Three parts, the first of which is a JSON object in base64url. */
const JWT = /^ey[\w-]*\.[\w-]*\.[\w-]*$/
export const looksSigned = (token: string): boolean => JWT.test(token)

const claimsSchema = z.object({
  project: z.string(),
  touchpoints: touchpointPatterns,
  scopes: scopeNames,
  exp: z.number(),
  iat: z.number(),
})

/** A token that isn't taken; the message says why, and repeats nothing of it. */
class Untaken extends Error {}

const reasonOf = (error: unknown): string => {
  if (error instanceof Untaken) return error.message
  if (error instanceof errors.JWTExpired) return 'the token has expired: ask for a fresh one'
  if (error instanceof errors.JWSSignatureVerificationFailed) return "the token's signature is not of a key known here"
  if (error instanceof errors.JOSEAlgNotAllowed) return 'the token is signed by another algorithm than is taken here'
  if (error instanceof errors.JWTClaimValidationFailed) return `the token's claim ${error.claim} is missing or wrong`
  return 'the token is malformed'
}

interface Checker {
  readonly algorithm: Issuer['algorithm']
  readonly key: KeyObject
  readonly source: string
}

/** Checks signed tokens. Each issuer's are taken by its own algorithm alone, whatever a token says of itself. */
export class Issuers {
  readonly #project: string
  readonly #checkers: readonly Checker[]

  constructor(issuers: readonly Issuer[], project: string) {
    this.#project = project
    this.#checkers = issuers.map(issuer => ({
      algorithm: issuer.algorithm,
      key: issuerKey(issuer),
      source: `jwt ${createHash('sha256')
        .update(JSON.stringify([project, issuer]))
        .digest('hex')}`,
    }))
  }

  get some(): boolean {
    return this.#checkers.length > 0
  }

  knows(source: string): boolean {
    return this.#checkers.some(checker => checker.source === source)
  }

  /** What a token allows, or a sentence that says why it isn't taken. Never rejects. `now`: ms since 1970. */
  async verify(token: string, now: number): Promise<Reader | string> {
    try {
      const { alg } = decodeProtectedHeader(token)
      const checkers = this.#checkers.filter(({ algorithm }) => algorithm === alg)
      if (checkers.length === 0) throw new errors.JOSEAlgNotAllowed()
      let failure: unknown
      for (const checker of checkers) {
        try {
          return this.#reader(await this.#payload(token, checker, now), checker, now)
        } catch (error) {
          failure = error
          // Another issuer of the same algorithm may have signed it.
          if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error
        }
      }
      throw failure
    } catch (error) {
      return reasonOf(error)
    }
  }

  async #payload(token: string, { algorithm, key }: Checker, now: number): Promise<JWTPayload> {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [algorithm],
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(now),
    })
    return payload
  }

  #reader(payload: JWTPayload, { source }: Checker, now: number): Reader {
    const read = claimsSchema.safeParse(payload)
    if (!read.success)
      throw new Untaken(`the token's claim ${String(read.error.issues[0]?.path[0])} is missing or wrong`)
    const { project, touchpoints, scopes, exp, iat } = read.data
    if (project !== this.#project) throw new Untaken('the token is for another project')
    if (iat > now / 1_000 + CLOCK_TOLERANCE_S) throw new Untaken('the token is issued in the future: check the clocks')
    if (exp - iat > TOKEN_LIFE_S) throw new Untaken('the token lives longer than 24 hours: issue it for less')
    const expiresAt = (exp + CLOCK_TOLERANCE_S) * 1_000
    return { touchpoints, scopes: new Set<string>(scopes), source, expiresAt }
  }
}
