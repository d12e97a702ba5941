import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadConfig } from './index.js'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-config-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const written = (name: string, text: string): string => {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

test('flags beat the environment, which beats the file', () => {
  const file = written('a.json', '{"project":"a","server":{"port":1,"dataDir":"x","clock":"wall","retentionHours":5}}')
  const env = { PULSSI_PORT: '2', PULSSI_DATA: 'y', PULSSI_HOST: 'localhost' }
  const { project, server } = loadConfig({ file, env, flags: { port: '3', clock: 'data' } })
  expect(project).toBe('a')
  expect(server).toMatchObject({ host: 'localhost', port: 3, dataDir: 'y', clock: 'data', retentionHours: 5 })
})

test('flags and the environment lay certificate and key over the file, each by itself', () => {
  const file = written('tls.json', '{"server":{"tls":{"cert":"a.pem","key":"a.key"}}}')
  const env = { PULSSI_TLS_KEY: 'b.key' }
  expect(loadConfig({ file, env, flags: {} }).server.tls).toEqual({ cert: 'a.pem', key: 'b.key' })
  expect(loadConfig({ env, flags: { tlsCert: 'c.pem' } }).server.tls).toEqual({ cert: 'c.pem', key: 'b.key' })
  expect(() => loadConfig({ env: {}, flags: { tlsCert: 'c.pem' } })).toThrow(/server\.tls\.key: is missing/)
})

test('without a file everything has its default', () => {
  expect(loadConfig({ env: {}, flags: {} }).server.port).toBe(8700)
})

test.each([
  ['PULSSI_PORT', 'eighty', /server\.port: must be a number/],
  ['PULSSI_PORT', '70000', /server\.port: must be at most 65535/],
  ['PULSSI_CLOCK', 'moon', /server\.clock: must be one of "wall", "data"/],
  ['PULSSI_HOST', '0.0.0.0', /server\.host: "0\.0\.0\.0" is open to the network/],
])('%s=%s is refused', (variable, value, message) => {
  expect(() => loadConfig({ env: { [variable]: value }, flags: {} })).toThrow(message)
})

test('a missing file, broken JSON and __proto__ are told apart', () => {
  expect(() => loadConfig({ file: join(folder, 'none.json'), env: {}, flags: {} })).toThrow(/no such file.*--config/)
  expect(() => loadConfig({ file: written('b.json', '{"a":'), env: {}, flags: {} })).toThrow(/b\.json[\s\S]*is no JSON/)
  const file = written('c.json', '{"journey":{"touchpoints":{"__proto__":{}}}}')
  expect(() => loadConfig({ file, env: {}, flags: {} })).toThrow(/called __proto__/)
})

test('a port for the metrics needs no more than its number', () => {
  const { server } = loadConfig({ env: { PULSSI_METRICS_PORT: '9465' }, flags: {} })
  expect(server.metrics).toEqual({ host: '127.0.0.1', port: 9465 })
})
