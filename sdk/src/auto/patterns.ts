import type { AutoOptions } from './types.js'

/** What patterns are compared with. */
export const pathOf = ({ pathname, hash }: Pick<URL, 'pathname' | 'hash'>, withHash?: boolean): string =>
  (pathname + (withHash ? hash : '')).replace(/(.)\/$/, '$1')

/** Finds what a path stands for. See `AutoOptions.pages` for the order. */
export const createMatcher =
  (patterns: AutoOptions['pages'] = {}): ((path: string) => string | undefined) =>
  path =>
    patterns[path] ??
    patterns[
      Object.keys(patterns)
        .sort((a, b) => b.length - a.length)
        .find(pattern => {
          const escaped = (sign: string, at: number): string =>
            sign !== '*' ? `\\${sign}` : pattern[at + 1] ? '[^/]*' : '.*'
          return RegExp(`^${pattern.replace(/[^\w/]/g, escaped)}$`).test(path)
        }) as string
    ]
