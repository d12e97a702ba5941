import { InvalidArgumentError, Option } from 'commander'
import type { Io } from './io.js'

const DEFAULT_URL = 'http://127.0.0.1:8700'
/** A server that has no keys yet takes any. */
const ANY_KEY = 'sk_cli'

/** Parses an option that may be given several times; the first one replaces the default. */
export const gathered = <Value>(parse: (text: string) => Value) => {
  let values: Value[] | null = null
  return (text: string): Value[] => {
    values = [...(values ?? []), parse(text)]
    return values
  }
}

/** Parses a whole number within bounds; beyond them the usage is wrong. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text)
    if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }

export const urlOption = ({ env: { PULSSI_URL } }: Io): Option =>
  new Option('--url <url>', 'address of the server (PULSSI_URL)').default(PULSSI_URL ?? DEFAULT_URL)

/** Help must not show what the environment holds. */
export const keyOption = ({ env: { PULSSI_KEY } }: Io): Option =>
  new Option('--key <key>', 'service key, sk_…').default(PULSSI_KEY ?? ANY_KEY, 'that of PULSSI_KEY')
