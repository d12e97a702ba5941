import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { Webhook } from 'standardwebhooks'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parseConfig } from '../config/index.js'
import { createLogger } from '../logger.js'
import { startServer } from '../server.js'
import { run } from './program.js'

const SECRET = `whsec_${Buffer.from('a secret of twenty-four b').toString('base64')}`

const pulssi = async (...args: string[]) => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const { signal } = new AbortController()
  const io = { stdin: Readable.from(['']), stdout, stderr, env: { TEST_SECRET: SECRET }, signal, now: Date.now }
  const code = await run(io, args)
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') }
}

const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-hooks-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Answers all with one status; what came is kept. */
const receiver = async (status: number) => {
  const heard: { body: string; headers: Record<string, string> }[] = []
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    heard.push({ body, headers: request.headers as Record<string, string> })
    response.writeHead(status).end()
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => void server.close())
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

const configOf = (hook: object): string => {
  const path = join(temporary(), 'pulssi.config.json')
  writeFileSync(path, JSON.stringify({ hooks: { ops: { secret: 'env:TEST_SECRET', allowInternal: true, ...hook } } }))
  return path
}

describe('pulssi hooks test', () => {
  test('sends one signed message and tells that it arrived', async () => {
    const { heard, url } = await receiver(204)
    const { code, out } = await pulssi('hooks', 'test', 'ops', '--config', configOf({ url }))
    expect([code, out]).toEqual([0, expect.stringMatching(/^ops answered 204 in \d+ ms: it works\n$/)])
    expect(heard).toHaveLength(1)
    const [message] = heard
    expect(new Webhook(SECRET).verify(message?.body ?? '', message?.headers ?? {})).toMatchObject({ type: 'hook.test' })
  })

  test.each(['slack', 'teams'])('sends %s its own form, unsigned', async format => {
    const { heard, url } = await receiver(200)
    expect((await pulssi('hooks', 'test', 'ops', '--config', configOf({ url, format }))).code).toBe(0)
    expect(heard[0]?.headers['webhook-signature']).toBeUndefined()
    expect(heard[0]?.body).toContain('Nothing has happened')
  })

  test.each([
    [401, /answered 401 .*same secret/],
    [404, /answered 404 .*path/],
    [410, /answered 410 .*gone for good/],
    [307, /redirects are not followed .*leads to/],
    [503, /answered 503 .*later/],
  ])('says what to do about %s', async (status, sentence) => {
    const { url } = await receiver(status)
    const { code, err } = await pulssi('hooks', 'test', 'ops', '--config', configOf({ url }))
    expect([code, err]).toEqual([1, expect.stringMatching(sentence)])
  })

  test('says what to do where nothing can be sent', async () => {
    const { heard, url } = await receiver(200)
    const internal = await pulssi('hooks', 'test', 'ops', '--config', configOf({ url, allowInternal: false }))
    expect([internal.code, internal.err]).toEqual([1, expect.stringMatching(/set allowInternal .*nothing was sent/)])
    expect(heard).toEqual([])
    const unknown = await pulssi('hooks', 'test', 'oops', '--config', configOf({ url }))
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringMatching(/no hook is called "oops" \(ops\)/)])
    const bad = await pulssi('hooks', 'test', 'ops', '--config', configOf({ url: 'ftp://x' }))
    expect([bad.code, bad.err]).toEqual([3, expect.stringMatching(/hooks.ops.url/)])
  })
})

test('pulssi hooks list shows how the hooks of a server do, and no secret', async () => {
  const { url } = await receiver(200)
  const settings = { server: { port: 0, dataDir: temporary() }, hooks: { ops: { url, secret: SECRET } } }
  const logger = createLogger('silent', new PassThrough())
  const server = await startServer({ config: parseConfig(settings), logger })
  onTestFinished(() => server.close())
  const { code, out } = await pulssi('hooks', 'list', '--url', server.url)
  expect([code, out]).toEqual([0, 'ops  standard  on  0 delivered, 0 failed, 0 waiting  not called yet\n'])
})
