import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Incident } from '@pulssi/protocol'
import { type AlertsDesk, NoOwner } from '../../alerts/index.js'
import { type Access, mayRead, type Reader } from '../access.js'
import { callerAddress } from '../proxies.js'
import { readOrder } from './admin.js'
import { readerOf } from './admitted.js'
import { badRequest, comeAgain, forbidden, HttpError, sendJson } from './answer.js'
import { checkNames, patternsOf } from './query.js'

export interface IncidentOptions {
  readonly access: Access
  readonly alerts: Pick<AlertsDesk, 'incidents' | 'find' | 'acknowledge'>
  /** ms since 1970, the engine's. */
  readonly clock: () => number
}

type Handler = (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => Promise<void>

const SCOPE = 'incidents'
const PATH = '/v1/incidents'
const ACKNOWLEDGE = /^\/v1\/incidents\/([\w.-]{1,64})\/acknowledge$/
const STATES = ['open', 'all']

/** As a board selects: `prefix*` is of touchpoints, or of roll-ups where it begins with `~`. */
const matches = (pattern: string, name: string): boolean => {
  if (!pattern.endsWith('*')) return name === pattern
  const prefix = pattern.slice(0, -1)
  return name.startsWith(prefix) && name.startsWith('~') === prefix.startsWith('~')
}

/** Names of touchpoints that a token doesn't read are no business of its bearer. */
const asSeenBy = (reader: Reader, incident: Incident): Incident => {
  const { story } = incident
  const seen = (name: string | null): string | null => (name !== null && mayRead(reader, name) ? name : null)
  return { ...incident, story: { ...story, before: seen(story.before), after: seen(story.after) } }
}

/** Pages of other sites may write with a key that lists them; what people do on the screen is none of their business. */
export const isOfAnotherSite = ({ headers: { origin, host } }: IncomingMessage): boolean =>
  origin !== undefined && !(URL.canParse(origin) && new URL(origin).host === host)

/** GET /v1/incidents and POST /v1/incidents/ID/acknowledge. */
export class IncidentRoutes {
  readonly #options: IncidentOptions

  constructor(options: IncidentOptions) {
    this.#options = options
  }

  /** Who answers at a path, by method; undefined: it is none of these. */
  find(path: string): Readonly<Record<string, Handler>> | undefined {
    if (path === PATH) {
      const list: Handler = (request, response, query) => this.#list(request, response, query)
      return { GET: list, HEAD: list }
    }
    const id = ACKNOWLEDGE.exec(path)?.[1]
    if (id === undefined) return undefined
    return { POST: (request, response) => this.#acknowledge(id, request, response) }
  }

  async #list(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    const { alerts, clock } = this.#options
    const reader = await this.#reader(request)
    checkNames(query, ['state', 'touchpoint'])
    const state = query.get('state') ?? 'open'
    if (!STATES.includes(state)) throw badRequest(`state is one of ${STATES.join(', ')}`)
    const patterns = query.has('touchpoint') ? patternsOf(query) : ['*', '~*']
    const known = await alerts.incidents()
    const incidents = known
      .filter(incident => state === 'all' || incident.state !== 'resolved')
      .filter(({ touchpoint }) => mayRead(reader, touchpoint) && patterns.some(pattern => matches(pattern, touchpoint)))
    sendJson(response, 200, { clock: clock(), incidents: incidents.map(incident => asSeenBy(reader, incident)) })
  }

  async #acknowledge(id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { alerts } = this.#options
    if (isOfAnotherSite(request)) throw forbidden('pages of another site may not acknowledge')
    const reader = await this.#reader(request)
    await readOrder(request)
    const incident = await alerts.find(id)
    if (incident === undefined) throw new HttpError(404, 'notFound', 'there is no incident of this id')
    if (!mayRead(reader, incident.touchpoint)) throw forbidden('this token does not read this touchpoint')
    const acknowledged = await alerts.acknowledge(id).catch((error: unknown) => {
      throw error instanceof NoOwner ? comeAgain('noOwner', error) : error
    })
    if (acknowledged === null) throw new HttpError(409, 'notFiring', `this incident is ${incident.state}, not firing`)
    sendJson(response, 200, asSeenBy(reader, acknowledged))
  }

  #reader(request: IncomingMessage): Promise<Reader> {
    return readerOf(this.#options.access, request, { address: callerAddress(request) }, SCOPE)
  }
}
