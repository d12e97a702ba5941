/** What engines want pages to be told, on the Bus: for the gateways that have them. A list of Sayings as JSON. */
import type { Saying } from '../engine/index.js'

export const saidSubject = (partition: number): string => `said.${partition}`
export const SAID = 'said.>'

export const packSaid = (sayings: readonly Saying[]): Uint8Array => new TextEncoder().encode(JSON.stringify(sayings))

/** Only a worker writes there: what isn't of the form is nothing. */
export const unpackSaid = (bytes: Uint8Array): readonly Saying[] => {
  try {
    const said: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return Array.isArray(said) ? (said as Saying[]) : []
  } catch {
    return []
  }
}
