import type { AutoOptions } from './types.js'

/** What patterns are compared with. */
export const pathOf = ({ pathname, hash }: Pick<URL, 'pathname' | 'hash'>, withHash?: boolean): string =>
  (pathname + (withHash ? hash : '')).replace(/(.)\/$/, '$1')

/** Finds what a path stands for. See `AutoOptions.pages` for the order. */
export const createMatcher = (patterns: AutoOptions['pages'] = {}): ((path: string) => string | undefined) => {
  const ordered = Object.keys(patterns).sort((a, b) => b.length - a.length)
  const expressionOf = (pattern: string): string =>
    pattern.replace(/[^\w/*]/g, '\\$&').replace(/\*(.?)/g, (_, next) => (next ? `[^/]*${next}` : '.*'))
  return path =>
    patterns[path] ?? patterns[ordered.find(pattern => RegExp(`^${expressionOf(pattern)}$`).test(path)) as string]
}
