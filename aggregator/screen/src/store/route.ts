/** Where the screen is, by the hash of its address. */
import { type Cell, cell, type Readable } from './cell.js'

export type Route =
  | { readonly page: 'overview' }
  | { readonly page: 'wallboard' }
  | { readonly page: 'touchpoint'; readonly name: string }

const TOUCHPOINT = '#/touchpoint/'
const WALLBOARD = '#/wallboard'

export const hrefOf = (route: Route): string => {
  switch (route.page) {
    case 'overview':
      return '#/'
    case 'wallboard':
      return WALLBOARD
    case 'touchpoint':
      return TOUCHPOINT + encodeURIComponent(route.name)
    default:
      return route satisfies never
  }
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** What nobody knows leads to the overview. */
export const routeOf = (hash: string, search: string): Route => {
  if (hash.startsWith(TOUCHPOINT) && hash.length > TOUCHPOINT.length) {
    return { page: 'touchpoint', name: decoded(hash.slice(TOUCHPOINT.length)) }
  }
  const isWall = hash === WALLBOARD || (hash === '' && new URLSearchParams(search).has('wallboard'))
  return { page: isWall ? 'wallboard' : 'overview' }
}

export const createRoute = (): Readable<Route> => {
  const read = (): Route => routeOf(location.hash, location.search)
  const route: Cell<Route> = cell<Route>(read())
  addEventListener('hashchange', () => route.set(read()))
  return route
}
