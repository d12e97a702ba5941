import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { parseConfig } from '../config/index.js'
import { createLogger } from '../logger.js'
import { startServer } from '../server.js'
import { run } from './program.js'

const TOKEN = 'rt_reader'
const pulssi = async (...args: string[]) => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const { signal } = new AbortController()
  const io = { stdin: Readable.from(['']), stdout, stderr, env: {}, signal, now: Date.now }
  const code = await run(io, args)
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') }
}

test('pulssi voice lists the newest comments, and answers one', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'pulssi-voice-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const readTokens = [{ token: TOKEN, scopes: ['voice', 'reply'] }, { token: 'rt_figures' }]
  const config = parseConfig({ server: { port: 0, dataDir }, keys: [{ key: 'sk_desk' }], readTokens })
  const server = await startServer({ config, logger: createLogger('silent', new PassThrough()) })
  onTestFinished(() => server.close())
  const where = ['--url', server.url, '--token', TOKEN]
  expect((await pulssi('voice', 'list', ...where)).out).toContain('there are no comments to show')
  const start = Date.now() - 10_000
  const lines = ['a', 'b', 'c', 'd', 'e'].map((visitor, i) => {
    const at = { visitor, at: start + i, touchpoint: 'phone.support', kind: 'feedback' }
    return JSON.stringify({ ...at, scale: 'csat', score: i + 1, comment: `from ${visitor}\u001b[2J` })
  })
  const headers = { authorization: 'Bearer sk_desk', 'content-type': 'application/x-ndjson' }
  await fetch(`${server.url}/v1/events`, { method: 'POST', headers, body: lines.join('\n') })
  const { code, out } = await pulssi('voice', 'list', 'phone.*', '--limit', '2', ...where)
  expect(code).toBe(0)
  expect(out.split('\n')).toEqual([
    expect.stringMatching(/^v[\w-]{16} {2}20\S+Z {2}phone\.support {2}csat 5 {2}from e$/),
    expect.stringMatching(/csat 4 {2}from d$/),
    '',
  ])
  const json = await pulssi('voice', 'list', '--json', ...where)
  const { id } = JSON.parse(json.out.split('\n')[0] ?? '')
  expect(out.startsWith(id)).toBe(true)
  const answered = await pulssi('voice', 'reply', id, 'We are sorry', '--valid-for', '2d', ...where)
  expect([answered.code, answered.out]).toEqual([0, expect.stringMatching(/^queued: /)])
  const twice = await pulssi('voice', 'reply', id, 'Very sorry', ...where)
  expect([twice.code, twice.err]).toEqual([1, expect.stringContaining('answered this comment already')])
  expect((await pulssi('voice', 'reply', '../admin/image', 'x', ...where)).err).toContain('404')
  const without = await pulssi('voice', 'reply', id, 'x', '--url', server.url, '--token', 'rt_figures')
  expect(without.err).toContain('give a token with the scope reply')
  expect((await pulssi('voice', 'list', '--limit', '0', ...where)).code).toBe(2)
})
