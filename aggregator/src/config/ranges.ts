import { isIP } from 'node:net'

const V4_BITS = 32
const V6_BITS = 128
const BITS = /^\d{1,3}$/

export interface Range {
  readonly address: string
  readonly bits: number
  readonly family: 'ipv4' | 'ipv6'
}

/** Reads a CIDR range, or an address alone; null where it is neither. */
export const readRange = (text: string): Range | null => {
  const [address = '', given, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0 || (given !== undefined && !BITS.test(given))) return null
  const most = version === 4 ? V4_BITS : V6_BITS
  const bits = Number(given ?? most)
  return bits > most ? null : { address, bits, family: version === 4 ? 'ipv4' : 'ipv6' }
}
