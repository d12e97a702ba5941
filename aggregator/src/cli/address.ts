import { CliError } from './exits.js'

/** The path of a WebSocket, which the address given may have. */
const SOCKET_PATH = '/v1/ws'
const EVENTS_PATH = '/v1/events'

const parse = (url: string, scheme: 'http' | 'ws'): URL => {
  if (!/^(http|ws)s?:/.test(url) || !URL.canParse(url)) {
    throw new CliError('usage', `"${url}" is no address of a server: write it like http://127.0.0.1:8700`)
  }
  return new URL(url.replace(/^(http|ws)/, scheme))
}

/** Checks the address of a server, whose WebSocket the SDK finds by itself. Throws CliError. */
export const socketUrl = (url: string): string => parse(url, 'ws').href

/** To another path of the same server, maybe with a query; that of a WebSocket is left out. Throws CliError. */
export const pathUrl = (url: string, target: string): string => {
  const address = parse(url, 'http')
  const [path = '', query = ''] = target.split('?')
  address.pathname = address.pathname.replace(/\/+$/, '').replace(SOCKET_PATH, '') + path
  address.search = query
  return address.href
}

/** To the address that takes events over HTTP; the path of a WebSocket is left out. Throws CliError. */
export const eventsUrl = (url: string): string => pathUrl(url, EVENTS_PATH)
