import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { readRange } from '../config/index.js'
import { plainAddress } from './address.js'

const WITH_PORT = /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+)):\d{1,5}$/

const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 4 ? 'ipv4' : 'ipv6')

/** The address that a hop of X-Forwarded-For names, also with a port behind it; null where it names none. */
const hopAddress = (hop: string): string | null => {
  const found = WITH_PORT.exec(hop)
  const plain = plainAddress(found?.[1] ?? found?.[2] ?? hop)
  return isIP(plain) === 0 ? null : plain
}

/** Who calls, by request, where it has been found out. */
const callers = new WeakMap<IncomingMessage, string>()

/** The address that a request came from: what proxies that are trusted say, else the connection's other end. */
export const callerAddress = (request: IncomingMessage): string =>
  callers.get(request) ?? request.socket.remoteAddress ?? ''

/** Whose word on a caller's address is believed: that of the proxies in front of this server. */
export class Proxies {
  readonly #trusted = new BlockList()
  readonly #none: boolean

  /** CIDR ranges or addresses. Throws where one is neither. */
  constructor(ranges: readonly string[]) {
    this.#none = ranges.length === 0
    for (const text of ranges) {
      const range = readRange(text)
      if (range === null) throw new Error(`"${text}" is no address range such as 10.0.0.0/8`)
      this.#trusted.addSubnet(range.address, range.bits, range.family)
    }
  }

  trusts(address: string): boolean {
    if (this.#none) return false
    const plain = plainAddress(address)
    return isIP(plain) !== 0 && this.#trusted.check(plain, family(plain))
  }

  /**
   * Who calls: the peer; or, where the peer is trusted, the last hop of X-Forwarded-For that isn't. What comes before
   * that hop anyone could have written. A header that makes no sense counts as none. `callerAddress` says it from then on.
   */
  address(request: IncomingMessage): string {
    const address = this.#address(request)
    callers.set(request, address)
    return address
  }

  #address(request: IncomingMessage): string {
    const peer = request.socket.remoteAddress ?? ''
    if (!this.trusts(peer)) return peer
    const header = request.headers['x-forwarded-for']
    if (header === undefined) return peer
    let rest = Array.isArray(header) ? header.join(',') : header
    for (;;) {
      const comma = rest.lastIndexOf(',')
      const hop = hopAddress(rest.slice(comma + 1).trim())
      if (hop === null) return peer
      if (comma < 0 || !this.trusts(hop)) return hop
      rest = rest.slice(0, comma)
    }
  }
}
