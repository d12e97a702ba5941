import { ZONES } from './limits.js'

const LOCALE = 'en-u-ca-gregory-nu-latn-hc-h23'

/** A time zone by its IANA name. */
export interface Zone {
  readonly name: string
  /** The local date and time of an instant, ms since 1970: `YYYY-MM-DD` and `HH:MM`. */
  at(ms: number): { readonly date: string; readonly time: string }
}

const zones = new Map<string, Zone>()

/** null: there is no such zone. */
export const zoneOf = (name: string): Zone | null => {
  const zone = zones.get(name) ?? makeZone(name)
  if (zone === null) return null
  zones.delete(name)
  zones.set(name, zone)
  const [oldest] = zones.keys()
  if (zones.size > ZONES && oldest !== undefined) zones.delete(oldest)
  return zone
}

const makeZone = (name: string): Zone | null => {
  const format = formatOf(name)
  if (format === null) return null
  return {
    name,
    at(ms) {
      const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]))
      const { year = '', month = '', day = '', hour = '', minute = '' } = parts
      return { date: `${year.padStart(4, '0')}-${month}-${day}`, time: `${hour}:${minute}` }
    },
  }
}

const formatOf = (timeZone: string): Intl.DateTimeFormat | null => {
  try {
    return new Intl.DateTimeFormat(LOCALE, {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    })
  } catch {
    return null
  }
}
