import { KEY_CHARS } from '@pulssi/protocol'
import { z } from 'zod'
import { channelName, isPattern } from './journey.js'
import { object } from './problems.js'

const KEY = /^(pk|sk)_[A-Za-z0-9_-]+$/
/** What a token may be good for. */
export const SCOPES = ['pulse', 'voice', 'reply', 'incidents', 'admin'] as const
/** Issuers of tokens, so that each one's key can be changed while the old one still holds. */
const ISSUERS = 8

const origin = z.string().refine(text => URL.canParse(text) && new URL(text).origin === text, {
  error: 'is no origin: write scheme, host and port alone, such as "https://shop.example"',
})
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, { error: 'must be 64 hexadecimal digits in lower case' })

type Given = Readonly<Record<string, unknown>>

const oneOf = ({ key, sha256 }: Given): string | null => {
  if ((key === undefined) !== (sha256 === undefined)) return null
  return 'needs either the key or, for a service, its sha256, not both'
}

/** A page's key writes from its origins to its channels; a service's needs no origin and writes everywhere. */
const key = object({
  key: z
    .string()
    .max(KEY_CHARS)
    .regex(KEY, { error: 'is no key: it starts with pk_ (pages) or sk_ (services); letters, digits, _ and - follow' })
    .optional(),
  /** Of a service's key, so that the file doesn't hold the key itself. */
  sha256: sha256.optional(),
  origins: z.array(origin).optional(),
  channels: z.array(channelName).min(1).optional(),
  /** What the host's server makes proofs of identities and links with: the secret itself, or `env:NAME`. */
  proofSecret: z.string().min(1).optional(),
})
  .superRefine((given, context) => {
    const wrong = oneOf(given)
    if (wrong !== null) return context.addIssue({ code: 'custom', message: wrong })
    const isPage = given.key?.startsWith('pk_') === true
    if (isPage && (given.origins ?? []).length === 0) {
      const message = 'is missing: a page key lists the origins it may be used from, such as ["https://shop.example"]'
      context.addIssue({ code: 'custom', path: ['origins'], message })
    }
    if (isPage) return
    const message = 'has no meaning for a service key (sk_), which nothing binds: leave it out'
    for (const name of ['origins', 'channels', 'proofSecret'] as const) {
      if (given[name] !== undefined) context.addIssue({ code: 'custom', path: [name], message })
    }
  })
  .transform(({ key = '', sha256, origins = [], channels = ['web'], proofSecret = null }) => {
    if (sha256 !== undefined) return { kind: 'hashedService' as const, sha256 }
    if (!key.startsWith('pk_')) return { kind: 'service' as const, key }
    return { kind: 'page' as const, key, origins, channels, proofSecret }
  })

export const touchpointPatterns = z
  .array(z.string().refine(isPattern, { error: 'is no touchpoint and no pattern such as "shop.*"' }))
  .min(1)
export const scopeNames = z.array(z.enum(SCOPES)).min(1)

const readToken = object({
  token: z.string().min(1).optional(),
  sha256: sha256.optional(),
  touchpoints: touchpointPatterns.default(['*']),
  scopes: scopeNames.default(['pulse']),
})
  .superRefine(({ token, sha256 }, context) => {
    if ((token === undefined) !== (sha256 === undefined)) return
    context.addIssue({ code: 'custom', message: 'needs either the token or its sha256, not both' })
  })
  .transform(({ token, sha256, touchpoints, scopes }) =>
    token === undefined
      ? { kind: 'sha256' as const, sha256: sha256 ?? '', touchpoints, scopes }
      : { kind: 'plain' as const, token, touchpoints, scopes },
  )

/** Who signs tokens, by the one algorithm that is taken from them. Keys are read in secrets.ts. */
const issuer = z.discriminatedUnion('algorithm', [
  object({
    algorithm: z.literal('HS256'),
    /** At least 32 bytes: the secret itself, or `env:NAME`. */
    secret: z.string().min(1),
  }),
  object({
    algorithm: z.enum(['ES256', 'EdDSA', 'RS256']),
    /** PEM (SPKI) or a JWK; `env:NAME` for one of the environment's. */
    publicKey: z.union([z.string().min(1), z.record(z.string(), z.unknown())], {
      error: 'must be a public key: PEM as a string, or a JWK as an object',
    }),
  }),
])

const firstTwice = (names: readonly (string | null)[]): number =>
  names.findIndex((name, index) => name !== null && names.indexOf(name) < index)

export const keysSchema = z.array(key).superRefine((keys, context) => {
  const message = 'is there twice: leave one out'
  const plain = firstTwice(keys.map(each => (each.kind === 'hashedService' ? null : each.key)))
  if (plain >= 0) context.addIssue({ code: 'custom', path: [plain, 'key'], message })
  const hashed = firstTwice(keys.map(each => (each.kind === 'hashedService' ? each.sha256 : null)))
  if (hashed >= 0) context.addIssue({ code: 'custom', path: [hashed, 'sha256'], message })
})
export const readTokensSchema = z.array(readToken)
export const issuersSchema = z.array(issuer).max(ISSUERS)
