import { reasonOf } from '../finding.js'

/** Of one page or script. Beyond: given up. */
export const FETCH_BYTES = 4 * 1024 * 1024
export const FETCH_MS = 10_000
export const REDIRECTS = 5

const REDIRECT_STATUS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const AGENT = 'Mozilla/5.0 (compatible; pulssi-doctor)'

export interface Fetched {
  /** After all redirects. */
  readonly url: URL
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array
  /** The addresses that led here, without the last. */
  readonly by: readonly string[]
}

const bodyOf = async (response: Response): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    sizeBytes += chunk.length
    if (sizeBytes > FETCH_BYTES) throw new Error(`it is longer than ${FETCH_BYTES} bytes`)
  }
  return Buffer.concat(chunks)
}

/** Fetches by GET; follows REDIRECTS. Rejects with an error whose message says why it can't. */
export const fetchBounded = async (start: URL, headers: Readonly<Record<string, string>> = {}): Promise<Fetched> => {
  const signal = AbortSignal.timeout(FETCH_MS)
  const by: string[] = []
  let url = start
  try {
    for (;;) {
      const response = await fetch(url, { headers: { 'user-agent': AGENT, ...headers }, redirect: 'manual', signal })
      const location = response.headers.get('location')
      if (!REDIRECT_STATUS.has(response.status) || location === null) {
        return { url, status: response.status, headers: response.headers, bytes: await bodyOf(response), by }
      }
      await response.body?.cancel()
      by.push(url.href)
      if (by.length > REDIRECTS) throw new Error(`it redirects more than ${REDIRECTS} times`)
      if (!URL.canParse(location, url.href)) throw new Error(`it redirects to "${location}", which is no address`)
      url = new URL(location, url)
      if (!/^https?:$/.test(url.protocol))
        throw new Error(`it redirects to ${url.protocol}, which is neither http nor https`)
    }
  } catch (error) {
    const { cause, name } = error as { cause?: unknown; name?: string }
    throw new Error(name === 'TimeoutError' ? `it took more than ${FETCH_MS / 1_000} s` : reasonOf(cause ?? error))
  }
}
