import { CliError } from './exits.js'

/** Where the server takes WebSockets, unless the address given has a path of its own. */
const SOCKET_PATH = '/v1/ws'
const EVENTS_PATH = '/v1/events'

const parse = (url: string, scheme: 'http' | 'ws'): URL => {
  if (!/^(http|ws)s?:/.test(url) || !URL.canParse(url)) {
    throw new CliError('usage', `"${url}" is no address of a server: write it like http://127.0.0.1:8700`)
  }
  return new URL(url.replace(/^(http|ws)/, scheme))
}

/** http(s) or ws(s), with or without a path, to the address of the WebSocket. Throws CliError. */
export const socketUrl = (url: string): string => {
  const address = parse(url, 'ws')
  if (address.pathname === '/') address.pathname = SOCKET_PATH
  return address.href
}

/** To the address that takes events over HTTP; the path of a WebSocket is left out. Throws CliError. */
export const eventsUrl = (url: string): string => {
  const address = parse(url, 'http')
  address.pathname = address.pathname.replace(/\/+$/, '').replace(SOCKET_PATH, '') + EVENTS_PATH
  return address.href
}
