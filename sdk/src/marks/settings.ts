import type { PulseOptions } from '../types.js'

/** What a script element says. */
export interface Settings {
  readonly options: PulseOptions
  /** The name of the client in `window`. */
  readonly global: string
  /** Whether the page's marks are this client's. */
  readonly readsMarks: boolean
}

/**
 * `data-url`, `data-key`, `data-identity` and so on are the options of the same names; `data-cuts` is written like a
 * query, `variant=B&device=phone`. An address without a host is the page's; without any it is that of the file itself.
 * Throws, in words, what can't work.
 */
export const settingsOf = ({ dataset, src }: HTMLScriptElement): Settings => {
  const { url, key, cuts, global = 'pulse', marks, debug, ...others } = dataset
  if (!key) throw 'the script tag has no data-key'
  const options = {
    ...others,
    key,
    url: new URL(url ?? '/', url === undefined ? src : document.baseURI).href,
    cuts: cuts && Object.fromEntries(new URLSearchParams(cuts)),
    debug: debug !== undefined,
  } as PulseOptions
  return { options, global, readsMarks: marks !== 'off' }
}
