import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { Access } from './access.js'
import { isLoopback, plainAddress } from './address.js'

/** Why a request is turned away before anything of it is read; null: it may go on. */
export type Turned = { readonly status: 400 | 403; readonly message: string } | null

export interface DoorOptions {
  readonly access: Access
  /** Names beside loopback and the connection's own address under which clients may call. */
  readonly hosts: readonly string[]
}

const hostName = (host: string): string => plainAddress(host.replace(/:\d+$/, ''))

/**
 * Checks the Host and the Origin of every request: a page that got this server's address under a name of its own (DNS
 * rebinding), or that lives elsewhere, is turned away.
 */
export class Door {
  readonly #access: Access
  readonly #hosts: ReadonlySet<string>

  constructor({ access, hosts }: DoorOptions) {
    this.#access = access
    this.#hosts = new Set(hosts.map(host => hostName(host)))
  }

  check(request: IncomingMessage): Turned {
    const { host, origin } = request.headers
    if (host === undefined) return { status: 400, message: 'the request has no Host header' }
    if (!this.#knows(hostName(host), request.socket.localAddress ?? '')) {
      return { status: 403, message: 'this Host is not served here: add it to server.hosts of the configuration' }
    }
    if (origin === undefined || this.allows(origin, host)) return null
    return { status: 403, message: 'pages of this Origin may not call: list it in the origins of a key' }
  }

  /** Whether pages of `origin` may call; `host` is the Host header that they call under. */
  allows(origin: string, host: string): boolean {
    if (this.#access.origins.has(origin)) return true
    if (!URL.canParse(origin)) return false
    const url = new URL(origin)
    return url.host === host || (this.#access.open && isLoopback(url.hostname))
  }

  #knows(name: string, localAddress: string): boolean {
    return isLoopback(name) || this.#hosts.has(name) || (isIP(name) !== 0 && name === plainAddress(localAddress))
  }
}
