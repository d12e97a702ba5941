import { decode, encode, Fault, Frame, IDENTITIES, type ServerFrame, SUBPROTOCOL } from '@pulssi/protocol'
import { WebSocket } from 'ws'
import { type Finding, fail, ok, reasonOf, warn } from '../finding.js'
import { fetchBounded } from './fetching.js'

const ANSWER_MS = 5_000
const SOCKET_PATH = '/v1/ws'
const AGENT = 'doctor'
const FORBIDDEN = 403
const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/

export const isLoopback = ({ hostname }: URL): boolean => LOOPBACK.test(hostname)

/** Where the SDK opens its WebSocket, given the address that the page names. */
export const socketOf = (url: URL): URL => {
  const socket = new URL(url.href.replace(/^http/, 'ws'))
  if (socket.pathname === '/') socket.pathname = SOCKET_PATH
  return socket
}

/** Where the SDK of a page that goes sends its last events: beside the socket. */
export const beaconOf = (socket: URL): URL => new URL(socket.href.replace(/^ws/, 'http').replace(/[^/]*$/, 'events'))

/** How the server has answered a hello. `silence`: neither, within ANSWER_MS. */
type Greeting =
  | { readonly is: 'welcome' }
  | { readonly is: 'closed'; readonly code: number; readonly reason: string }
  | { readonly is: 'unreachable'; readonly reason: string }
  | { readonly is: 'silence' }

/** Says hello as a page of `origin` would; sends no event, so that nobody is counted. */
const greet = (socket: URL, key: string, origin: string): Promise<Greeting> =>
  new Promise(resolve => {
    const client = new WebSocket(socket, SUBPROTOCOL, { origin, handshakeTimeout: ANSWER_MS })
    const timer = setTimeout(() => end({ is: 'silence' }), ANSWER_MS)
    const end = (greeting: Greeting): void => {
      clearTimeout(timer)
      resolve(greeting)
      client.terminate()
    }
    client.on('open', () => {
      client.send(encode([Frame.hello, key, IDENTITIES.indexOf('page'), null, null, null, AGENT]))
    })
    client.on('message', data => {
      const [type] = decode(new Uint8Array(data as Buffer)) as ServerFrame
      if (type === Frame.welcome) end({ is: 'welcome' })
    })
    client.on('close', (code, reason) => end({ is: 'closed', code, reason: reason.toString() }))
    client.on('unexpected-response', (_, { statusCode = 0 }) => {
      const reason = 'no key of it may be used from this Origin'
      if (statusCode === FORBIDDEN) end({ is: 'closed', code: Fault.forbidden, reason })
      else end({ is: 'unreachable', reason: `it answers with ${statusCode}` })
    })
    client.on('error', error => end({ is: 'unreachable', reason: reasonOf(error) }))
  })

const CLOSED: Readonly<Record<number, (origin: string) => string>> = {
  [Fault.unauthorized]: () => 'make a key for pages (pulssi keys new --page), and name it in the page',
  [Fault.forbidden]: origin => `add "${origin}" to the origins of this key in the configuration of the server`,
  [Fault.tooManyConnections]: () => 'wait a second and try again, from an address with fewer connections',
}

const greetingFinding = (greeting: Greeting, socket: URL, origin: string): Finding => {
  const check = 'hello'
  switch (greeting.is) {
    case 'welcome':
      return ok(check, `${socket.origin} takes events of ${origin} with this key`)
    case 'closed': {
      const todo = CLOSED[greeting.code]?.(origin) ?? 'look into the log of the server'
      return fail(check, `the server refuses (${greeting.code}): ${greeting.reason}`, todo)
    }
    case 'unreachable': {
      const todo = 'check the address in the page; a proxy before the server must pass on upgrades to WebSocket'
      return fail(check, `no WebSocket at ${socket.href}: ${greeting.reason}`, todo)
    }
    case 'silence':
      return fail(
        check,
        `${socket.href} says nothing within ${ANSWER_MS / 1_000} s`,
        'check that pulssi serve runs there',
      )
    default:
      return greeting satisfies never
  }
}

const aliveFinding = async (socket: URL): Promise<Finding | null> => {
  // Behind a path of its own only that path leads to the server.
  if (socket.pathname !== SOCKET_PATH) return null
  const health = new URL('/healthz', socket.href.replace(/^ws/, 'http'))
  const check = 'server'
  try {
    const { status } = await fetchBounded(health)
    if (status === 200) return ok(check, `${health.origin} is alive`)
    return warn(
      check,
      `${health.href} answers with ${status}`,
      'check that the address in the page is that of pulssi serve',
    )
  } catch (error) {
    const todo = 'check the address in the page, its certificate, and that pulssi serve runs there'
    return fail(check, `${health.origin} can't be reached: ${reasonOf(error)}`, todo)
  }
}

/** Whether the server takes what pages of `origin` send with this key. `key` null: only whether it lives. */
export const checkServer = async (socket: URL, key: string | null, origin: string): Promise<Finding[]> => {
  const alive = await aliveFinding(socket)
  if (key === null || alive?.level === 'fail') return alive === null ? [] : [alive]
  const greeting = greetingFinding(await greet(socket, key, origin), socket, origin)
  return alive === null ? [greeting] : [alive, greeting]
}
