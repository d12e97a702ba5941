/** All that a part of the screen may reach, and the hooks to do so. */
import type { Incident } from '@pulssi/protocol/client'
import { createContext } from 'preact'
import { useContext, useMemo } from 'preact/hooks'
import { type Format, formatOf } from '../format.js'
import { WORDS, type Words } from '../words/index.js'
import { type Cell, cell, type Readable } from './cell.js'
import { createFigures, type Figures } from './figures.js'
import { createIncidents } from './incidents.js'
import { createLink, type Link } from './link.js'
import { createLook, type Look } from './look.js'
import { createRoute, type Route } from './route.js'
import { useCell } from './use-cell.js'

export interface App {
  readonly figures: Figures
  readonly link: Link
  readonly incidents: Readable<readonly Incident[]>
  readonly look: Look
  readonly route: Readable<Route>
  /** The touchpoint that was opened last, until its row has the focus again. */
  readonly opened: Cell<string | null>
}

export const createApp = (): App => {
  const figures = createFigures()
  const link = createLink(figures)
  const route = createRoute()
  const opened = cell(route.value.page === 'touchpoint' ? route.value.name : null)
  route.watch(() => {
    if (route.value.page === 'touchpoint') opened.set(route.value.name)
  })
  return { figures, link, incidents: createIncidents(link), look: createLook(), route, opened }
}

const Context = createContext<App | null>(null)
export const AppProvider = Context.Provider

export const useApp = (): App => {
  const app = useContext(Context)
  if (app === null) throw new Error('drawn outside of AppProvider')
  return app
}

export const useWords = (): Words => WORDS[useCell(useApp().look.language)]

export const useFormat = (): Format => {
  const language = useCell(useApp().look.language)
  return useMemo(() => formatOf(language), [language])
}
