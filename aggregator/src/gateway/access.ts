import { createHash, timingSafeEqual } from 'node:crypto'
import type { Config } from '../config/index.js'

/** What a write key allows. In open mode any key is a page's, save `sk_…` and none at all, which are a service's. */
export type Writer =
  | {
      readonly kind: 'page'
      /** Origins that pages with this key come from; null: any that passes at the door. */
      readonly origins: ReadonlySet<string> | null
      /** null: all channels. */
      readonly channels: ReadonlySet<string> | null
      /** Whether it may speak for a customer that the host knows, without a proof. */
      readonly hosts: boolean
    }
  | { readonly kind: 'service' }

/** What a read token allows: patterns of touchpoints, and what to read of them. */
export interface Reader {
  readonly touchpoints: readonly string[]
  readonly scopes: ReadonlySet<string>
}

export type Refused = 'unauthorized' | 'forbidden'

const OPEN_PAGE: Writer = { kind: 'page', origins: null, channels: null, hosts: true }
const SERVICE: Writer = { kind: 'service' }
const OPEN_READER: Reader = { touchpoints: ['*'], scopes: new Set(['pulse', 'voice', 'incidents']) }

const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest()

/** Looks at every entry whatever it finds, so that the time taken tells nothing of a secret. */
const find = <T>(entries: readonly { readonly digest: Buffer; readonly value: T }[], secret: string): T | null => {
  const sought = digest(secret)
  let found: T | null = null
  for (const entry of entries) if (timingSafeEqual(entry.digest, sought)) found = entry.value
  return found
}

/** Who may write and read, from the keys and tokens of the configuration. */
export class Access {
  /** No keys and no tokens are configured: any key writes, everyone reads (from this machine alone). */
  readonly open: boolean
  /** All origins that some key lists. */
  readonly origins: ReadonlySet<string>
  readonly #writers: readonly { digest: Buffer; value: Writer }[]
  readonly #readers: readonly { digest: Buffer; value: Reader }[]

  constructor({ keys, readTokens }: Pick<Config, 'keys' | 'readTokens'>) {
    this.open = keys.length === 0 && readTokens.length === 0
    this.origins = new Set(keys.flatMap(key => (key.kind === 'page' ? key.origins : [])))
    this.#writers = keys.map(key => ({
      digest: digest(key.key),
      value:
        key.kind === 'service'
          ? SERVICE
          : { kind: 'page', origins: new Set(key.origins), channels: new Set(key.channels), hosts: false },
    }))
    this.#readers = readTokens.map(token => ({
      digest: token.kind === 'plain' ? digest(token.token) : Buffer.from(token.sha256, 'hex'),
      value: { touchpoints: token.touchpoints, scopes: new Set<string>(token.scopes) },
    }))
  }

  writer(key: string | null): Writer | Refused {
    if (this.open) return key === null || key.startsWith('sk_') ? SERVICE : OPEN_PAGE
    if (key === null) return 'unauthorized'
    return find(this.#writers, key) ?? (find(this.#readers, key) === null ? 'unauthorized' : 'forbidden')
  }

  reader(token: string | null): Reader | Refused {
    if (this.open) return OPEN_READER
    if (token === null) return 'unauthorized'
    return find(this.#readers, token) ?? (find(this.#writers, token) === null ? 'unauthorized' : 'forbidden')
  }
}

const matches = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern

/** A roll-up (`~…`) sums what it may not show one by one, so only a token for all touchpoints reads it. */
export const mayRead = (reader: Reader, touchpoint: string): boolean =>
  touchpoint.startsWith('~') ? readsAll(reader) : reader.touchpoints.some(pattern => matches(pattern, touchpoint))

export const readsAll = (reader: Reader): boolean => reader.touchpoints.includes('*')
