/** Open incidents, as far as the token may see them. */
import type { Incident } from '@pulssi/protocol/client'
import { type Cell, cell, type Readable } from './cell.js'
import type { Link } from './link.js'

/** Several changes at once are read once. */
const GATHER_MS = 200
/** What a lost frame has hidden shows at the latest after this. */
const REFRESH_MS = 30_000

interface Answer {
  readonly clock: number
  readonly incidents: Incident[]
}

export const createIncidents = (link: Link): Readable<readonly Incident[]> => {
  const open: Cell<readonly Incident[]> = cell<readonly Incident[]>([])
  let timer: ReturnType<typeof setTimeout> | null = null

  const read = async (): Promise<void> => {
    timer = null
    const { state, project, api } = link
    if (state.value.state === 'live' && project.value?.scopes.includes('incidents')) {
      try {
        open.set((await api.get<Answer>('/v1/incidents', { state: 'open' })).incidents)
      } catch {
        // The next turn reads them again.
      }
    }
    later(REFRESH_MS)
  }
  const later = (afterMs: number): void => {
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(() => void read(), afterMs)
  }

  link.onIncident(() => later(GATHER_MS))
  link.project.watch(() => later(GATHER_MS))
  link.state.watch(() => {
    if (link.state.value.state === 'asking') open.set([])
  })
  return open
}
