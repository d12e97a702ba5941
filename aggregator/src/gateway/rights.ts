import type { Prover } from './proof.js'

/** What a write key allows. In open mode any key is a page's, save `sk_…` and none at all, which are a service's. */
export type Writer =
  | {
      readonly kind: 'page'
      /** Origins that pages with this key come from; null: any that passes at the door. */
      readonly origins: ReadonlySet<string> | null
      /** null: all channels. */
      readonly channels: ReadonlySet<string> | null
      /** What pages may say only with the host's proof; null: they are taken at their word. */
      readonly prover: Prover | null
      /** Tells one secret of proofs from another; null where there is none. */
      readonly provenBy: string | null
      /** Which entry of the configuration it comes from. */
      readonly source: string
    }
  | { readonly kind: 'service'; readonly source: string }

/** What a read token allows: patterns of touchpoints, and what to read of them. */
export interface Reader {
  readonly touchpoints: readonly string[]
  readonly scopes: ReadonlySet<string>
  readonly source: string
  /** ms since 1970; null: it doesn't expire. */
  readonly expiresAt: number | null
}

const matches = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern

type Patterns = Pick<Reader, 'touchpoints'>

/** A roll-up (`~…`) sums what it may not show one by one, so only a token for all touchpoints reads it. */
export const mayRead = (reader: Patterns, touchpoint: string): boolean =>
  touchpoint.startsWith('~') ? readsAll(reader) : reader.touchpoints.some(pattern => matches(pattern, touchpoint))

/** Whether incidents of a touchpoint may be told to a reader. */
export const mayHear = (reader: Reader | null, touchpoint: string): boolean =>
  reader?.scopes.has('incidents') === true && mayRead(reader, touchpoint)

/** Whether comments at a touchpoint may be told to a reader. */
export const mayOverhear = (reader: Reader | null, touchpoint: string): boolean =>
  reader?.scopes.has('voice') === true && mayRead(reader, touchpoint)

export const readsAll = (reader: Patterns): boolean => reader.touchpoints.includes('*')

/** Subscriptions that stand under one may go on under the other. */
export const allowsTheSame = (a: Reader, b: Reader): boolean =>
  String([...a.touchpoints].sort()) === String([...b.touchpoints].sort()) &&
  String([...a.scopes].sort()) === String([...b.scopes].sort()) &&
  a.expiresAt === b.expiresAt
