import { expect, test } from 'vitest'
import { addressFindings, keyFinding } from './check.js'
import { beaconOf, socketOf } from './server.js'

const found = (socket: string, page: string): string[] =>
  addressFindings(new URL(socket), new URL(page)).map(({ level, message }) => `${level} ${message}`)

test('a page of https needs wss, and no visitor’s own machine is the server', () => {
  expect(found('wss://pulse.example/v1/ws', 'https://shop.example/')).toEqual([])
  expect(found('ws://pulse.example/v1/ws', 'http://shop.example/')).toEqual([])
  expect(found('ws://pulse.example/v1/ws', 'https://shop.example/')).toEqual([expect.stringContaining('no TLS')])
  expect(found('wss://127.0.0.1:8700/v1/ws', 'https://shop.example/')).toEqual([expect.stringContaining('own machine')])
  expect(found('ws://localhost:8700/v1/ws', 'http://127.0.0.1:3000/')).toEqual([])
})

test('only keys for pages belong in pages', () => {
  expect(keyFinding('pk_a').level).toBe('ok')
  for (const secret of ['sk_a', 'rt_a', 'ps_a']) expect(keyFinding(secret).todo).toContain('revoke')
  for (const none of [null, '', 'pk_', 'shop']) expect(keyFinding(none)).toMatchObject({ level: 'fail' })
})

test('the socket and the place of last events lie where the SDK looks for them', () => {
  const places = (url: string): string[] => [socketOf(new URL(url)).href, beaconOf(socketOf(new URL(url))).href]
  expect(places('https://p.example')).toEqual(['wss://p.example/v1/ws', 'https://p.example/v1/events'])
  expect(places('ws://p.example/pulse/ws')).toEqual(['ws://p.example/pulse/ws', 'http://p.example/pulse/events'])
})
