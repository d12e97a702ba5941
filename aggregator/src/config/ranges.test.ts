import { expect, test } from 'vitest'
import { loadConfig, parseConfig, readRange } from './index.js'

test('a range has an address of either family and as many bits as it has at most', () => {
  expect(readRange('10.0.0.0/8')).toEqual({ address: '10.0.0.0', bits: 8, family: 'ipv4' })
  expect(readRange('192.0.2.1')).toEqual({ address: '192.0.2.1', bits: 32, family: 'ipv4' })
  expect(readRange('fd00::/8')).toEqual({ address: 'fd00::', bits: 8, family: 'ipv6' })
  expect(readRange('::1')).toEqual({ address: '::1', bits: 128, family: 'ipv6' })
  for (const text of ['', 'proxy', '10.0.0.0/', '10.0.0.0/33', '::/129', '10.0.0/8', '10.0.0.0/8/8', '10.0.0.0/-1']) {
    expect(readRange(text), text).toBeNull()
  }
})

test('trusted proxies come from the file, the environment or flags, and are checked', () => {
  const server = (flags: { trustProxy?: string[] }, env: Record<string, string>) => loadConfig({ env, flags }).server
  expect(server({}, {}).trustProxy).toEqual([])
  expect(server({}, { PULSSI_TRUST_PROXY: '10.0.0.0/8, ::1' }).trustProxy).toEqual(['10.0.0.0/8', '::1'])
  expect(server({ trustProxy: ['192.0.2.1'] }, { PULSSI_TRUST_PROXY: '10.0.0.0/8' }).trustProxy).toEqual(['192.0.2.1'])
  expect(() => parseConfig({ server: { trustProxy: ['10.0.0.0/8', 'proxy'] } })).toThrow(
    /server\.trustProxy\[1\]: is no address range/,
  )
})
