/** `pulssi doctor --page` against a real page, and the server it names. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RunningServer } from '@pulssi/aggregator'
import { describe, expect, onTestFinished, test } from 'vitest'
import { pulssi } from './command.js'
import { KEYS, serve } from './harness.js'

interface Found {
  readonly check: string
  readonly level: string
  readonly message: string
  readonly todo: string | null
}

const SCRIPT = 'window.pulse = {}'
const HASH = `sha384-${createHash('sha384').update(SCRIPT).digest('base64')}`

type Answer = readonly [status: number, headers: Readonly<Record<string, string>>, body: string]

/** A server of pages on an origin of its own. What it doesn't know is 404. */
const host = async (answers: Readonly<Record<string, Answer>>): Promise<string> => {
  const server: Server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const [status, headers, body] = answers[request.url ?? ''] ?? [404, {}, 'no']
    response.writeHead(status, headers).end(body)
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', () => resolve())
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const HTML = { 'content-type': 'text/html; charset=utf-8' }
const JS = { 'content-type': 'text/javascript', 'x-content-type-options': 'nosniff' }
const page = (body: string, headers: Record<string, string> = {}): Answer => [200, { ...HTML, ...headers }, body]

const look = async (url: string, ...args: string[]): Promise<[number, Found[]]> => {
  const { code, out } = await pulssi(['doctor', '--page', url, '--json', ...args])
  return [code, (JSON.parse(out) as { findings: Found[] }).findings]
}

const levels = (findings: readonly Found[]): Record<string, string> =>
  Object.fromEntries(findings.map(({ check, level }) => [check, level]))
const named = (findings: readonly Found[], check: string, level: string): Found | undefined =>
  findings.find(each => each.check === check && each.level === level)

/** The page's origin is only known once it stands: a server that lets in pages of any of them. */
const serverFor = async (origin: string): Promise<RunningServer> =>
  serve({ keys: [{ key: KEYS.page, origins: [origin] }, { key: KEYS.service }] })

const tag = (server: { url: string }, more = '', src = '/p.js'): string =>
  `<script async src="${src}" data-url="${server.url.replace('http', 'ws')}" data-key="${KEYS.page}" ${more}></script>`

/** A page and a server that takes its events; `body` is made once the server's address is known. */
const pair = async (
  body: (server: RunningServer) => string,
  headers: (server: RunningServer) => Record<string, string> = () => ({}),
): Promise<string> => {
  const answers: Record<string, Answer> = { '/p.js': [200, JS, SCRIPT] }
  const origin = await host(answers)
  const server = await serverFor(origin)
  answers['/'] = page(body(server), headers(server))
  return `${origin}/`
}

describe('pulssi doctor --page', () => {
  test('finds nothing wrong with a page that is right, down to the welcome of its server', async () => {
    const policy = (server: RunningServer): Record<string, string> => {
      const address = server.url.replace('http', 'ws')
      return {
        'content-security-policy': `default-src 'none'; script-src 'self'; connect-src ${address} ${server.url}`,
      }
    }
    const url = await pair(
      server => `<body data-pulssi-touchpoint="home">${tag(server, `integrity="${HASH}"`)}`,
      policy,
    )
    const [code, findings] = await look(url)
    expect([code, findings.filter(({ level }) => level !== 'ok')]).toEqual([0, []])
    const checks = ['page', 'names', 'script', 'integrity', 'policy', 'key', 'server', 'hello']
    expect(Object.keys(levels(findings))).toEqual(checks)
    const { out } = await pulssi(['doctor', '--page', url])
    expect(out).toMatch(/^ok +hello +.*takes events/m)
  })

  test('the real file, from the server itself, with crossorigin', async () => {
    const url = await pair(server => tag(server, 'crossorigin', `${server.url}/sdk/pulssi.min.js`))
    const [code, findings] = await look(url)
    expect([code, levels(findings)]).toEqual([0, expect.objectContaining({ script: 'ok', cors: 'ok', hello: 'ok' })])
    const short = ({ url: at }: RunningServer): string =>
      `<script async src="${at}/sdk/marks.min.js" data-key="${KEYS.page}"></script>`
    const [shortly, found] = await look(await pair(short))
    expect([shortly, levels(found)]).toEqual([0, expect.objectContaining({ script: 'ok', hello: 'ok' })])
  })

  test('an Origin that the key doesn’t list, and a key that nobody knows', async () => {
    const answers: Record<string, Answer> = { '/p.js': [200, JS, SCRIPT] }
    const origin = await host(answers)
    const server = await serverFor('https://shop.example')
    answers['/'] = page(tag(server))
    answers['/key'] = page(tag(await serverFor(origin)).replace(KEYS.page, 'pk_unknown'))
    const [code, findings] = await look(origin)
    expect([code, named(findings, 'hello', 'fail')?.todo]).toEqual([1, expect.stringContaining(`"${origin}"`)])
    const [, others] = await look(`${origin}/key`)
    expect(named(others, 'hello', 'fail')?.todo).toContain('keys new --page')
  })

  test('a policy that keeps the script or the connections out', async () => {
    const header = { 'content-security-policy': "script-src 'nonce-a'; connect-src 'self'" }
    const [code, findings] = await look(await pair(tag, () => header))
    expect(code).toBe(1)
    const told = findings.filter(({ check }) => check === 'policy')
    expect(told.map(({ level }) => level)).toEqual(['fail', 'fail', 'warn'])
    expect(told[0]?.todo).toBe("add 'self' to its script-src")
    expect(told[1]?.todo).toMatch(/^add ws:\/\/127.0.0.1:\d+ to its connect-src$/)
    const report = { 'content-security-policy-report-only': "script-src 'none'" }
    const [mild, warned] = await look(await pair(tag, () => report))
    expect([mild, named(warned, 'policy', 'warn')?.message]).toEqual([
      0,
      expect.stringContaining('once it is enforced'),
    ])
    const meta = `<meta http-equiv="Content-Security-Policy" content="connect-src 'none'">`
    const [hard, written] = await look(await pair(server => meta + tag(server)))
    expect([hard, named(written, 'policy', 'fail')?.message]).toEqual([1, expect.stringContaining('meta element')])
  })

  test('a script that isn’t there, is none, differs from its hash, or may not be shared', async () => {
    const files: Record<string, Answer> = {
      '/as-html.js': [200, { ...HTML, 'x-content-type-options': 'nosniff' }, '<p>'],
      '/closed.js': [200, { ...JS, 'cross-origin-resource-policy': 'same-origin' }, SCRIPT],
      '/plain.js': [200, JS, SCRIPT],
    }
    const origin = await host(files)
    const with_ = async (more: string, src: string): Promise<Found[]> =>
      (await look(await pair(server => tag(server, more, src))))[1]
    expect(named(await with_('', '/gone.js'), 'script', 'fail')?.message).toContain('404')
    expect(named(await with_('', `${origin}/as-html.js`), 'script', 'fail')?.message).toContain('not as JavaScript')
    const wrong = await with_(`integrity="sha384-${'A'.repeat(64)}"`, '/p.js')
    expect(named(wrong, 'integrity', 'fail')?.todo).toContain(HASH)
    const bare = await with_(`integrity="${HASH}"`, `${origin}/plain.js`)
    expect(named(bare, 'integrity', 'fail')?.todo).toContain('crossorigin')
    expect(named(await with_('crossorigin', `${origin}/plain.js`), 'cors', 'fail')?.todo).toContain('Allow-Origin')
    expect(named(await with_('', `${origin}/closed.js`), 'cors', 'fail')?.todo).toContain('Resource-Policy')
  })

  test('no snippet, a secret key, wrong names, calls too early, two of them', async () => {
    const only = async (body: (server: RunningServer) => string): Promise<Found[]> => (await look(await pair(body)))[1]
    expect(levels(await only(() => '<p>'))).toEqual({ page: 'ok', tag: 'fail' })
    const secret = await only(server => tag(server).replace(KEYS.page, KEYS.service))
    expect(named(secret, 'key', 'fail')?.todo).toContain('revoke')
    expect(named(secret, 'hello', 'ok')).toBeUndefined()
    const names = await only(server => `<main data-pulssi-touchpoint="Check Out">${tag(server)}`)
    expect(named(names, 'names', 'fail')?.message).toContain('"Check Out"')
    const early = await only(server => `<script>pulse.enter('home')</script>${tag(server)}`)
    expect(named(early, 'order', 'warn')?.todo).toContain('stub')
    expect(named(await only(server => tag(server) + tag(server)), 'tag', 'warn')?.message).toContain('2 script')
  })

  test('a bundle is told of by --url and --key', async () => {
    const answers: Record<string, Answer> = { '/': page('<script src="/app.js"></script>') }
    const origin = await host(answers)
    const server = await serverFor(origin)
    const [code, findings] = await look(origin, '--url', server.url, '--key', KEYS.page)
    expect([code, levels(findings)]).toEqual([0, expect.objectContaining({ tag: 'ok', key: 'ok', hello: 'ok' })])
  })

  test('redirects are told, and have an end; so has what a page may send', async () => {
    const answers: Record<string, Answer> = {
      '/loop': [302, { location: '/loop' }, ''],
      '/out': [302, { location: 'file:///etc/passwd' }, ''],
      '/json': [200, { 'content-type': 'application/json' }, '{}'],
      '/huge': page('x'.repeat(5 * 1024 * 1024)),
      '/old': [301, { location: '/new' }, ''],
      '/new': page('<p>'),
    }
    const origin = await host(answers)
    const told = async (path: string): Promise<string | undefined> =>
      named((await look(origin + path))[1], 'page', 'fail')?.message
    expect(await told('/loop')).toContain('more than 5 times')
    expect(await told('/out')).toContain('neither http nor https')
    expect(await told('/json')).toContain('not as HTML')
    expect(await told('/huge')).toContain('longer than')
    expect(await told('/none')).toContain('404')
    expect(named((await look(`${origin}/old`))[1], 'page', 'ok')?.message).toBe(`${origin}/old redirects`)
    const usage = await pulssi(['doctor', '--page', 'shop.example'])
    expect(usage).toMatchObject({ code: 2, errors: expect.stringContaining('--page is no address') })
  })

  test('a server that is gone, or is none of ours', async () => {
    const other = await host({ '/healthz': [200, {}, 'fine'] })
    const [, foreign] = await look(await pair(() => tag({ url: other })))
    expect(named(foreign, 'hello', 'fail')?.message).toContain('no WebSocket')
    const [, gone] = await look(await pair(() => tag({ url: 'http://127.0.0.1:1' })))
    expect(named(gone, 'server', 'fail')?.todo).toContain('pulssi serve')
  })
})
