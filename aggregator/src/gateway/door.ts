import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { Access } from './access.js'
import { isLoopback, plainAddress } from './address.js'
import { looksSigned } from './jwt.js'

/** Why a request is turned away before anything of it is read; null: it may go on. */
export type Turned = { readonly status: 400 | 403; readonly message: string } | null

export interface DoorOptions {
  readonly access: Pick<Access, 'origins' | 'open'>
  /** Names beside loopback and the connection's own address under which clients may call. */
  readonly hosts: readonly string[]
}

/** Names under which people put a secret into an address. */
const SECRET_NAMES =
  /^(?:(?:access|auth|id|read|bearer)?[_-]?token|(?:api)?[_-]?key|auth(?:orization)?|bearer|jwt|secret|password)$/i
const MISPLACED =
  'a key or token in the address ends up in logs and histories: send it as Authorization: Bearer, or on a socket by hello or auth'

const hostName = (host: string): string => (host.includes('%') ? '' : plainAddress(host.replace(/:\d+$/, '')))

/** Whether a request's address carries a secret, which then counts as told to strangers. */
const holdsSecret = (url: string): boolean => {
  const mark = url.indexOf('?')
  if (mark < 0) return false
  for (const [name, value] of new URLSearchParams(url.slice(mark + 1))) {
    if (SECRET_NAMES.test(name) || looksSigned(value)) return true
  }
  return false
}

/**
 * Checks the Host and the Origin of every request: a page that got this server's address under a name of its own (DNS
 * rebinding), or that lives elsewhere, is turned away. An Origin counts only in the one form that browsers write.
 */
export class Door {
  readonly #access: DoorOptions['access']
  #hosts: ReadonlySet<string> = new Set()

  constructor({ access, hosts }: DoorOptions) {
    this.#access = access
    this.replace(hosts)
  }

  /** From now on clients may call under these names. */
  replace(hosts: readonly string[]): void {
    this.#hosts = new Set(hosts.map(hostName))
  }

  check(request: IncomingMessage): Turned {
    const { host, origin } = request.headers
    if (host === undefined) return { status: 400, message: 'the request has no Host header' }
    if (!this.#knows(hostName(host), request.socket.localAddress ?? '')) {
      return { status: 403, message: 'this Host is not served here: add it to server.hosts of the configuration' }
    }
    if (origin !== undefined && !this.allows(origin, host, isEncrypted(request))) {
      return { status: 403, message: 'pages of this Origin may not call: list it in the origins of a key' }
    }
    return holdsSecret(request.url ?? '') ? { status: 400, message: MISPLACED } : null
  }

  /** Whether pages of `origin` may call; `host` is the Host header that they call under. */
  allows(origin: string, host: string, encrypted: boolean): boolean {
    if (this.#access.origins.has(origin)) return true
    if (!URL.canParse(origin)) return false
    const url = new URL(origin)
    if (url.origin !== origin || !/^https?:$/.test(url.protocol)) return false
    // Behind a proxy that ends TLS the server's own pages are https though the connection isn't; never the reverse.
    if (url.host === host && (url.protocol === 'https:' || !encrypted)) return true
    return this.#access.open && isLoopback(url.hostname)
  }

  #knows(name: string, localAddress: string): boolean {
    return isLoopback(name) || this.#hosts.has(name) || (isIP(name) !== 0 && name === plainAddress(localAddress))
  }
}

const isEncrypted = ({ socket }: IncomingMessage): boolean => 'encrypted' in socket && socket.encrypted === true
