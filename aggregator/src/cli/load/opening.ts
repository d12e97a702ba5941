import { setTimeout as sleep } from 'node:timers/promises'
import type { Connected } from '../connect.js'

/** Connections opened together, and the least time for it: a server lets in so many a second from one address. */
const WAVE = 16
const WAVE_MS = 200

const opened = ({ client }: Connected, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    client.on('open', () => resolve())
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** Opens connections wave by wave. Resolves once all stand, or `signal` aborts. */
export const openAll = async (
  count: number,
  open: (index: number) => Connected,
  signal: AbortSignal,
): Promise<void> => {
  for (let from = 0; from < count && !signal.aborted; from += WAVE) {
    const wave = Array.from({ length: Math.min(WAVE, count - from) }, (_, index) => opened(open(from + index), signal))
    const isLast = from + WAVE >= count
    await Promise.all([...wave, isLast ? null : sleep(WAVE_MS, undefined, { signal }).catch(() => undefined)])
  }
}
