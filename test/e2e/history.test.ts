import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RunningServer } from '@pulssi/aggregator'
import type { History } from '@pulssi/protocol/client'
import { describe, expect, test } from 'vitest'
import { restore } from '../../aggregator/src/ops/index.js'
import { bearer, CLOSED, dataDir, http, KEYS, post, serve } from './harness.js'
import { ALL, ask, expectRecounted, SETTINGS, send, tenDays } from './past.js'

const DATA = { ...SETTINGS, server: { clock: 'data', partitions: 2 } }

const filled = async (posts: readonly string[][], folder = dataDir()): Promise<RunningServer> => {
  const server = await serve(DATA, folder)
  for (const lines of posts) await send(server, lines)
  return server
}

const everything = async (server: RunningServer): Promise<History['rows']> =>
  (await ask(server, `touchpoint=*&touchpoint=~*&step=day&${ALL}`)).rows

describe('the past', () => {
  test('N37 N38 ten days are counted as a recount by hours, days and weeks has them', async () => {
    const posts = tenDays(11)
    const server = await filled(posts)
    await expectRecounted(server, posts, 'hour', 'UTC')
    await expectRecounted(server, posts, 'day', 'Europe/Helsinki')
    await expectRecounted(server, posts, 'week', 'America/St_Johns')
    await expectRecounted(server, posts, 'day', 'Asia/Kathmandu')
    await expectRecounted(server, posts, 'quarter', 'UTC')
  })

  test('N37 a restart, a backup and a compaction change nothing of it', async () => {
    const posts = tenDays(12)
    const folder = dataDir()
    const first = await filled(posts, folder)
    const before = await everything(first)
    expect(before.length).toBeGreaterThan(50)
    await first.operations.eraseSubject('v-1')
    await first.operations.compact()
    expect(await everything(first)).toEqual(before)
    const archive = join(dataDir(), 'past.tar')
    await pipeline(Readable.from(first.operations.backup()), createWriteStream(archive))
    await first.close()

    const second = await serve(DATA, folder)
    expect(await everything(second)).toEqual(before)
    const copy = join(dataDir(), 'copy')
    await restore(archive, copy)
    const restored = await serve(DATA, copy)
    expect(await everything(restored)).toEqual(before)
  })

  test('is asked for with a token that reads the touchpoints, and told of no others', async () => {
    const server = await serve(CLOSED)
    const at = Date.now()
    const line = (touchpoint: string): string => JSON.stringify({ visitor: 'v', at, kind: 'enter', touchpoint })
    await post(server, [line('checkout.cart'), line('home')].join('\n'))
    const names = async (query: string, token: string = KEYS.some): Promise<unknown> => {
      const { status, body } = await http(server, `/v1/history${query}`, { headers: bearer(token) })
      return status === 200 ? body.rows.map((row: { touchpoint: string }) => row.touchpoint) : status
    }
    expect(await names('')).toEqual(['checkout.cart'])
    expect(await names('', KEYS.token)).toEqual(['checkout.cart', 'home'])
    expect(await names('?touchpoint=home')).toBe(403)
    expect(await names('?touchpoint=home&touchpoint=checkout.cart')).toBe(403)
    expect(await names('?touchpoint=h*')).toEqual([])
    expect(await names('', 'rt_wrong')).toBe(401)
    expect((await http(server, '/v1/history')).status).toBe(401)
  })

  test('comes as CSV that opens in a spreadsheet and computes nothing there', async () => {
    const server = await filled(tenDays(13, 20))
    const query = `step=day&zone=Europe/Helsinki&touchpoint=-odd&${ALL}`
    const { headers, body } = await http(server, `/v1/history?${query}&format=csv`)
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    expect(headers.get('content-disposition')).toContain('attachment')
    const [header, ...lines] = String(body).trimEnd().split('\r\n')
    const { rows } = await ask(server, query)
    expect(lines.length).toBe(rows.length)
    expect(header?.split(',').slice(0, 5)).toEqual(['touchpoint', 'from', 'to', 'local', 'entered'])
    lines.forEach((line, i) => {
      const [name, from, , local, entered] = line.split(',')
      expect([name, from, Number(entered)]).toEqual([
        "'-odd",
        new Date(rows[i]?.from ?? 0).toISOString(),
        rows[i]?.visits.entered,
      ])
      expect(local).toMatch(/ 00:00$/)
    })
  })

  test('gives the last steps where no time is named, and says which it gave', async () => {
    const server = await filled(tenDays(14, 20))
    const hours = ({ from, to }: History): number => (to - from) / 3_600_000
    expect(hours(await ask(server, ''))).toBe(24)
    expect(hours(await ask(server, 'step=quarter'))).toBe(24)
    // Clocks changed on one of them.
    expect(hours(await ask(server, 'step=day&zone=Europe/Helsinki'))).toBe(7 * 24 - 1)
    expect(hours(await ask(server, 'step=week'))).toBe(13 * 7 * 24)
    const spring = await ask(server, 'step=day&zone=Europe/Helsinki&from=2025-03-30&to=2025-03-31')
    expect([hours(spring), spring.zone]).toEqual([23, 'Europe/Helsinki'])
    expect(hours(await ask(server, 'from=2025-03-30T10:30Z&to=1743332400000'))).toBe(1)
  })

  test('answers what it does not understand with 400, and says what it would', async () => {
    const server = await serve()
    const said = async (query: string): Promise<string> => {
      const { status, body } = await http(server, `/v1/history?${query}`)
      expect([query, status]).toEqual([query, 400])
      return body.error.message
    }
    expect(await said('step=month')).toContain('quarter, hour, day, week')
    expect(await said('format=xml')).toContain('json, csv')
    expect(await said('zone=Europe/Atlantis')).toContain('IANA')
    expect(await said('from=yesterday')).toContain('ms since 1970')
    expect(await said('from=2026-02-30')).toContain('ms since 1970')
    expect(await said('from=1e99')).toContain('ms since 1970')
    expect(await said('to=2026-01-31T09:00')).toContain('with its offset')
    expect(await said('from=2026-01-02&to=2026-01-01')).toContain('before')
    expect(await said('from=2024-01-01&to=2026-01-01&step=week')).toContain('400 days')
    expect(await said('touchpoint=A%00')).toContain('touchpoint')
    expect(await said('until=now')).toContain('known here')
    expect((await http(server, '/v1/history', { method: 'POST' })).status).toBe(405)
  })
})
