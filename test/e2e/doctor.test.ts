/** `pulssi doctor` and `pulssi data` as they are called, against a server that runs. */
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { pulssi as command, type Ran } from './command.js'
import { CLOSED, dataDir, http, serve } from './harness.js'

const PORT = { PULSSI_PORT: '0' }
const pulssi = (...args: string[]): Promise<Ran> => command(args, { env: PORT })

interface Report {
  readonly well: boolean
  readonly findings: { check: string; level: string; message: string; todo: string | null }[]
}

const doctor = async (...args: string[]): Promise<[number, Report]> => {
  const { code, out } = await pulssi('doctor', '--json', ...args)
  return [code, JSON.parse(out) as Report]
}

const ADMIN = { token: 'rt_admin_of_the_test', scopes: ['admin'] }

describe('pulssi doctor', () => {
  test('tells each thing in a line, and what to do', async () => {
    const { code, out } = await pulssi('doctor', '--data', dataDir())
    expect(code).toBe(0)
    for (const check of ['configuration', 'node', 'memory', 'files', 'clock', 'port', 'data', 'disk', 'sync']) {
      expect(out).toMatch(new RegExp(`^(ok|warn) +${check} `, 'm'))
    }
  })

  test('looks at a server that runs', async () => {
    const server = await serve()
    const [code, { well, findings }] = await doctor('--data', dataDir(), '--url', server.url)
    expect([code, well]).toEqual([0, true])
    const levels = Object.fromEntries(findings.map(({ check, level }) => [check, level]))
    expect(levels).toMatchObject({ server: 'ok', skew: 'ok', ready: 'ok', proxy: 'ok' })
  })

  test('tells of a proxy that is not trusted', async () => {
    const server = await serve({ ...CLOSED, readTokens: [ADMIN] })
    await http(server, '/healthz', { headers: { 'x-forwarded-for': '192.0.2.7' } })
    const [, { findings }] = await doctor('--data', dataDir(), '--url', server.url, '--token', ADMIN.token)
    expect(findings.find(({ check }) => check === 'proxy')).toMatchObject({ level: 'warn' })
    const [, blind] = await doctor('--data', dataDir(), '--url', server.url)
    expect(blind.findings.find(({ check }) => check === 'proxy')?.message).toContain('--token')
  })

  test('fails where nobody listens', async () => {
    const server = await serve()
    await server.close()
    const [code, { well, findings }] = await doctor('--data', dataDir(), '--url', server.url)
    expect([code, well]).toEqual([1, false])
    expect(findings.find(({ check }) => check === 'server')?.todo).toContain('pulssi serve')
  })

  test('tells why a server is not ready', async () => {
    const reasons = [{ code: 'logRefuses', message: 'the log takes nothing in 1 partition(s)' }]
    const sick = createServer((request, response) => {
      response.statusCode = request.url === '/readyz' ? 503 : 200
      response.end(JSON.stringify({ ready: false, reasons }))
    })
    await new Promise<void>(resolve => {
      sick.listen(0, '127.0.0.1', () => resolve())
    })
    onTestFinished(() => void sick.close())
    const { port } = sick.address() as { port: number }
    const [code, { findings }] = await doctor('--data', dataDir(), '--url', `http://127.0.0.1:${port}`)
    expect(code).toBe(1)
    expect(findings.find(({ check }) => check === 'ready')?.message).toContain('takes nothing')
  })

  test('sees which ports a server of ours has', async () => {
    const folder = dataDir()
    const server = await serve({ server: { metrics: { port: 0 } } }, folder)
    const metricsPort = Number(new URL(server.metricsUrl ?? '').port)
    const file = join(dataDir(), 'config.json')
    const settings = { port: server.port, dataDir: folder, metrics: { port: metricsPort } }
    writeFileSync(file, JSON.stringify({ server: settings }))
    const { code, out } = await command(['doctor', '--config', file])
    expect(code).toBe(0)
    expect(out).toContain(`pulssi (process ${process.pid}) listens on 127.0.0.1:${server.port}`)
    expect(out).toContain(`pulssi (process ${process.pid}) listens on 127.0.0.1:${metricsPort}`)
  })

  test('refuses a --url that is none', async () => {
    const { code, errors } = await pulssi('doctor', '--url', 'ftp://x')
    expect(code).toBe(2)
    expect(errors).toContain('--url is no address')
  })
})

test('pulssi data lists every field, and which no rule uses', async () => {
  const { code, out } = await pulssi('data')
  expect(code).toBe(0)
  expect(out).toContain('comment  (event)')
  expect(out).toMatch(/^No rule uses: .*comment/m)
  const { fields, unusedByRules } = JSON.parse((await pulssi('data', '--json')).out)
  expect(fields.map(({ field }: { field: string }) => field)).toContain('User-Agent')
  expect(unusedByRules).toContain('score')
})
