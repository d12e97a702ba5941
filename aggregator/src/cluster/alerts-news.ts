/** Incidents in another state, as the owner of the alerts tells them to all: `incident` on the Bus, in JSON. */
import { INCIDENT_STATES, type Incident } from '@pulssi/protocol/client'
import type { Logger } from 'pino'
import type { Bus } from '../ports.js'

export const NEWS = 'incident'

/** Hears of each incident that has another state, and when, ms since 1970 by the engine's clock. */
export type OnChange = (incident: Incident, at: number) => void

interface News {
  readonly owner: string
  readonly incident: Incident
  readonly at: number
}

/** What may be in a message of anybody. */
interface Heard {
  readonly owner?: unknown
  readonly at?: unknown
  readonly incident?: { readonly [name in 'id' | 'rule' | 'touchpoint' | 'state']?: unknown } | null
}

/** null: it is none. */
const parsed = (bytes: Uint8Array): News | null => {
  try {
    const { owner, incident, at } = JSON.parse(new TextDecoder().decode(bytes)) as Heard
    const names = [owner, incident?.id, incident?.rule, incident?.touchpoint]
    const isKnown = INCIDENT_STATES.some(state => state === incident?.state)
    if (!isKnown || typeof at !== 'number' || !names.every(name => typeof name === 'string')) return null
    return { owner: owner as string, incident: incident as Incident, at }
  } catch {
    return null
  }
}

export const tellNews = (bus: Bus, owner: string, incident: Incident, at: number): void => {
  const news: News = { owner, incident, at }
  bus.publish(NEWS, new TextEncoder().encode(JSON.stringify(news)))
}

/** Hears what others tell: what this process finds itself it has told already. Returns its end. */
export const hearNews = (bus: Bus, owner: string, onChange: OnChange, logger: Logger): (() => void) =>
  bus.subscribe(NEWS, bytes => {
    const news = parsed(bytes)
    if (news === null) return logger.warn('an incident that is none was left out')
    if (news.owner !== owner) onChange(news.incident, news.at)
  })
