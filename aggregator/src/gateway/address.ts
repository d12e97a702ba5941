import { isIP } from 'node:net'

const IPV4_IN_IPV6 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i
const PREFIX_GROUPS = 4

/** The address as it is written without the IPv6 wrapping of an IPv4 one; without brackets and zone. */
export const plainAddress = (address: string): string => {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  return IPV4_IN_IPV6.exec(bare)?.[1] ?? bare.toLowerCase()
}

/** What counts as one address: an IPv4 address, or the /64 of an IPv6 one. */
export const addressGroup = (address: string): string => {
  const plain = plainAddress(address)
  if (isIP(plain) !== 6) return plain
  const [head = '', tail] = plain.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = tail === undefined ? left : [...left, ...new Array(8 - left.length - right.length).fill('0'), ...right]
  const prefix = groups.slice(0, PREFIX_GROUPS).map(group => Number.parseInt(group, 16).toString(16))
  return `${prefix.join(':')}::/64`
}

/** Whether a host name or address stays on this machine. */
export const isLoopback = (host: string): boolean => {
  const plain = plainAddress(host)
  return plain === 'localhost' || plain.endsWith('.localhost') || plain === '::1' || /^127\.\d+\.\d+\.\d+$/.test(plain)
}
