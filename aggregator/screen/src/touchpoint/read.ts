/** States of a read from the server. */
import { ApiError } from '../api.js'

/**
 * `loading`: nothing of this key has come yet. `ready`: the newest answer; `isOld` once a later read has failed.
 * `failed`: no read has succeeded; `status` 0 where the server wasn't reached.
 */
export type Read<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: T; readonly isOld: boolean }
  | { readonly state: 'failed'; readonly status: number; readonly message: string }

/** What was read last, and of what. */
export interface Held<T> {
  readonly key: string
  readonly read: Read<T>
}

const LOADING = { state: 'loading' } as const

/** What belongs to a key; never what belongs to another one. */
export const readOf = <T>(held: Held<T> | null, key: string | null): Read<T> =>
  held !== null && held.key === key ? held.read : LOADING

/** After a read that failed: what was read before stays, as old. */
export const failedOf = <T>(before: Held<T> | null, key: string, error: unknown): Held<T> => {
  if (before?.key === key && before.read.state === 'ready') return { key, read: { ...before.read, isOld: true } }
  const status = error instanceof ApiError ? error.status : 0
  const message = error instanceof Error ? error.message : String(error)
  return { key, read: { state: 'failed', status, message } }
}
