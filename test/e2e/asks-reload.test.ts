import { parseConfig } from '@pulssi/aggregator'
import type { ConfiguredAsks } from '@pulssi/protocol/client'
import { expect, test } from 'vitest'
import { dataDir, serve } from './harness.js'

const ASK = { id: 'mood', touchpoints: ['*'], kind: 'thumb', text: { en: 'Fine?' }, trigger: { on: 'host' } }

test('asks are taken up, changed and dropped while the server runs, and found again at the next start', async () => {
  const folder = dataDir()
  const configOf = (asks: object[]) => ({ asks, server: { port: 0, dataDir: folder } })
  const server = await serve(configOf([]), folder)
  const words = async (url: string): Promise<unknown[]> => {
    const { asks } = (await (await fetch(`${url}/v1/asks`)).json()) as ConfiguredAsks
    return asks.map(({ id, text: { en } }) => [id, en])
  }
  expect(await words(server.url)).toEqual([])
  const changed = { ...ASK, text: { en: 'Well?' } }
  for (const asks of [[ASK], [changed, { ...ASK, id: 'other' }], [changed]]) {
    expect(await server.reload(parseConfig(configOf(asks)))).toEqual([])
    expect(await words(server.url)).toEqual(asks.map(({ id, text }) => [id, text.en]))
  }
  await server.close()
  const again = await serve(configOf([changed]), folder)
  expect(await words(again.url)).toEqual([['mood', 'Well?']])
})

test('asks are told to tokens of the scope pulse', async () => {
  const tokens = (['pulse', 'voice'] as const).map(scope => ({ token: `rt_${scope}`, scopes: [scope] }))
  const { url } = await serve({ asks: [ASK], readTokens: tokens })
  const asked = tokens.map(({ token }) => fetch(`${url}/v1/asks`, { headers: { authorization: `Bearer ${token}` } }))
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 403])
})
