import { LEAST_PAYLOAD_BYTES, SERVER_VERSION } from './limits.js'

/** What a server says of itself when a connection begins. */
export interface ServerFacts {
  readonly version: string
  readonly jetstream?: boolean
  readonly max_payload: number
}

const numbersOf = (version: string): number[] => (version.match(/\d+/g) ?? []).slice(0, 3).map(Number)

export const isOlder = (version: string, least: string): boolean => {
  const [have, want] = [numbersOf(version), numbersOf(least)]
  for (const [at, wanted] of want.entries()) {
    const had = have[at] ?? 0
    if (had !== wanted) return had < wanted
  }
  return false
}

/** What is wrong with a server, and what to do; null: nothing. */
export const unfit = ({ version, jetstream, max_payload }: ServerFacts): string | null => {
  if (isOlder(version, SERVER_VERSION))
    return `the NATS server is ${version}; ${SERVER_VERSION} is the oldest that works`
  if (jetstream !== true)
    return 'the NATS server has no JetStream: start it with -js, or set jetstream in its configuration'
  if (max_payload < LEAST_PAYLOAD_BYTES)
    return `the NATS server takes messages of ${max_payload} bytes; set its max_payload to ${LEAST_PAYLOAD_BYTES} or more`
  return null
}
