export type Level = 'ok' | 'warn' | 'fail'

/** What one check found, and what to do about it. */
export interface Finding {
  readonly check: string
  readonly level: Level
  readonly message: string
  /** null: nothing. */
  readonly todo: string | null
}

export const ok = (check: string, message: string): Finding => ({ check, level: 'ok', message, todo: null })
export const warn = (check: string, message: string, todo: string): Finding => ({ check, level: 'warn', message, todo })
export const fail = (check: string, message: string, todo: string): Finding => ({ check, level: 'fail', message, todo })

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

export const sizeText = (sizeBytes: number): string => {
  let value = sizeBytes
  let unit = 0
  while (value >= 1_024 && unit < UNITS.length - 1) {
    value /= 1_024
    unit++
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
export const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown'
