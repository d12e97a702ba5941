import { describe, expect, test } from 'vitest'
import { checkLiteral, InternalAddress, isInternal, publicLookup } from './internal.js'

const INTERNAL = {
  'this machine': ['127.0.0.1', '127.255.0.9', '::1', '0.0.0.0', '::'],
  'private networks': ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  'the link, with the metadata of clouds': ['169.254.169.254', 'fe80::1', 'febf::1'],
  'unique local': ['fc00::1', 'fd00:ec2::254'],
  'shared by carriers': ['100.64.0.1', '100.100.100.200', '100.127.255.255'],
  "a cloud's own services": ['168.63.129.16', '192.0.0.192'],
  'IPv4 in IPv6': ['::ffff:127.0.0.1', '::ffff:8.8.8.8', '::127.0.0.1', '::ffff:0:10.0.0.1'],
  'NAT64, 6to4, Teredo': ['64:ff9b::a00:1', '64:ff9b:1::a00:1', '2002:7f00:1::', '2001::1'],
  'site local and what is nobody’s': ['fec0::1', '100::1', '5f00::1', '1::1', '4000::1'],
  'many at once': ['224.0.0.1', '255.255.255.255', 'ff02::1'],
  'for documents and tests': ['192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '2001:db8::1', '3fff::1'],
  'kept back': ['240.0.0.1', '192.88.99.1'],
  'no address at all': ['', 'localhost', '1.2.3.4.5', '999.1.1.1'],
}

describe('an address is internal', () => {
  test.each(Object.entries(INTERNAL))('%s', (_, addresses) => {
    expect(addresses.filter(address => !isInternal(address))).toEqual([])
  })

  test('but not the public ones beside them', () => {
    const open = ['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '169.253.0.1', '2606:4700::1111', '2a00:1450::1']
    expect(open.filter(isInternal)).toEqual([])
  })
})

test('an address in a URL is judged by its number, however it is written', () => {
  const hosts = ['127.1', '2130706433', '0x7f000001', '017700000001', '[::1]', '[::ffff:7f00:1]', '10.0.0.1']
  for (const host of hosts) {
    const { hostname } = new URL(`http://${host}/`)
    expect(() => checkLiteral(hostname), host).toThrow(InternalAddress)
  }
  expect(() => checkLiteral('8.8.8.8')).not.toThrow()
  // Names are judged by what they resolve to.
  expect(() => checkLiteral('localhost')).not.toThrow()
})

test.each([true, false])('a name that resolves to an internal address is refused, all: %s', async all => {
  const error = await new Promise(resolve => publicLookup('localhost', { all }, resolve))
  expect(error).toBeInstanceOf(InternalAddress)
})
