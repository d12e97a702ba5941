/** What is said of figures that something is wrong with. */
import type { Format } from '../format.js'
import type { Shown } from '../store/figures.js'
import type { LinkState } from '../store/link.js'
import type { Words } from '../words/index.js'

/** The server's figures are as old as this before it is worth a word. */
const OLD_MS = 5_000
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/[.!?]$/, '')}`

/** `sinceMs`: how long the state has lasted, by a clock that nobody sets. */
export const noticesOf = (
  link: LinkState,
  shown: Pick<Shown, 'clock' | 'ageMs' | 'behind'>,
  sinceMs: number,
  host: string,
  { notice }: Words,
  format: Format,
): string[] => {
  const asOf = shown.clock === 0 ? [] : [notice.asOf(format.time(shown.clock))]
  switch (link.state) {
    case 'connecting': {
      const isFirst = shown.clock === 0
      return [isFirst ? notice.connecting(host) : notice.lost(host, format.duration(sinceMs)), ...asOf]
    }
    case 'stale':
      return [notice.stale, ...asOf]
    case 'ended':
      return [notice.ended, ...(link.message === '' ? [] : [notice.said(sentence(link.message))]), ...asOf]
    case 'asking':
      return []
    case 'live':
      return [
        ...(shown.behind.length > 0 ? [notice.behind(shown.behind.length)] : []),
        ...(shown.ageMs > OLD_MS ? [notice.old(format.duration(shown.ageMs))] : []),
      ]
    default:
      return link satisfies never
  }
}
