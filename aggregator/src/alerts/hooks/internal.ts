import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Refused before anything is sent: the address lies on this machine or on a network that isn't the public one. */
export class InternalAddress extends Error {
  constructor() {
    super('its address is not a public one: set allowInternal for this hook if it is meant to be')
    this.name = 'InternalAddress'
  }
}

/** Public by its number, but a cloud's own service for the machines in it. */
const INTERNAL_SERVICES: ReadonlySet<string> = new Set(['168.63.129.16'])
/** What the IPv6 internet consists of (RFC 4291, section 2.4); in the rest others than hosts live. */
const PUBLIC_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3')

/** Whether an address is anything else than a public one of a single host. IPv6 that carries IPv4 is not public. */
export const isInternal = (address: string): boolean => {
  if (!ipaddr.isValid(address)) return true
  const parsed = ipaddr.parse(address)
  if (parsed.range() !== 'unicast' || INTERNAL_SERVICES.has(address)) return true
  return parsed instanceof ipaddr.IPv6 && !parsed.match(PUBLIC_IPV6)
}

/** Throws InternalAddress where a URL names one by its number; a name is judged by `publicLookup`. */
export const checkLiteral = (hostname: string): void => {
  const address = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  if (isIP(address) !== 0 && isInternal(address)) throw new InternalAddress()
}

/**
 * Resolves a name as `dns.lookup` does, and refuses it where any of its addresses is internal. The connection goes to
 * what is handed over here, so that a name which changes its mind in between changes nothing.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? []
    if (error !== null) return callback(error, '')
    if (first === undefined || addresses.some(({ address }) => isInternal(address))) {
      return callback(new InternalAddress(), '')
    }
    if (options.all === true) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}
