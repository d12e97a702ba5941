const DWELL_ERROR = 0.02
/** A bucket's value is a whole number of ms. */
const DWELL_STEP_MS = 1
const VISITOR_ERROR = 0.06
/** A sum of floats that lies at a tie may be rounded either way; counts are whole and allow nothing. */
const LAST_DECIMAL = 1.000001e-6
/** NUMBERS.md, N36. */
const EXACT_VISITORS = 256

export interface Difference {
  readonly path: string
  readonly expected: unknown
  readonly actual: unknown
}

export interface CompareOptions {
  /** Fields of `events` and of pulses that may differ. */
  readonly ignore?: readonly string[]
}

/**
 * First place where two answers differ: exact for everything but dwell (2 %), distinct visitors beyond 256 (6 %), and the
 * last decimal of a fraction.
 * Order of keys is free, order of lists is not.
 */
export const difference = (expected: unknown, actual: unknown, options: CompareOptions = {}): Difference | null =>
  differs(expected, actual, options.ignore ?? [], '')

const differs = (expected: unknown, actual: unknown, ignore: readonly string[], path: string): Difference | null => {
  if (isObject(expected) && isObject(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      if (ignore.includes(key)) continue
      const found = differs(
        expected[key],
        actual[key],
        ignore,
        path === '' ? step(key, expected) : `${path}.${step(key, expected)}`,
      )
      if (found) return found
    }
    return null
  }
  return expected === actual || near(expected, actual, path) ? null : { path, expected, actual }
}

/** A list of pulses reads better by touchpoint than by place. */
const step = (key: string, of: Record<string, unknown>): string => {
  const item = of[key]
  if (!Array.isArray(of) || !isObject(item)) return key
  const { touchpoint } = item
  return typeof touchpoint === 'string' ? touchpoint : key
}

const isObject = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null

const near = (expected: unknown, actual: unknown, path: string): boolean => {
  if (typeof expected !== 'number' || typeof actual !== 'number') return false
  const apart = Math.abs(expected - actual)
  if (/\.dwellMs\.p\d+$/.test(path)) return apart <= Math.max(expected * DWELL_ERROR, DWELL_STEP_MS)
  if (/(^|\.)visitors$/.test(path) && expected > EXACT_VISITORS) return apart <= expected * VISITOR_ERROR
  const whole = Number.isInteger(expected) && Number.isInteger(actual)
  return !whole && apart <= LAST_DECIMAL
}
