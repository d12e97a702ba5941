import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Journey } from '@pulssi/protocol/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, watchedContext } from './browser/chromium.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const main = join(root, 'aggregator/dist/cli/main.js')
const run = promisify(execFile)
const WRITTEN = '127.0.0.1:8700'

const readme = readFileSync(join(root, 'README.md'), 'utf8')
const snippets = (language: string): string[] =>
  [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)]
    .filter(found => found[1] === language)
    .map(found => found[2] ?? '')

let folder = ''
let server: ChildProcess
/** Where the server of this test listens, as `host:port`. */
let address = ''

const journey = async (): Promise<Journey> => {
  const answer = await fetch(`http://${address}/v1/journey?window=total`)
  return (await answer.json()) as Journey
}

const entered = async (touchpoint: string): Promise<number> =>
  (await journey()).pulses.find(pulse => pulse.touchpoint === touchpoint)?.visits.entered ?? 0

const node = (snippet: string): ChildProcess =>
  spawn(process.execPath, ['--input-type=module', '-'], {
    cwd: join(root, 'test'),
    stdio: ['pipe', 'pipe', 'inherit'],
  }).on('spawn', function (this: ChildProcess) {
    this.stdin?.end(snippet.replaceAll(WRITTEN, address))
  })

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-readme-'))
  server = spawn(
    process.execPath,
    [main, 'serve', '--port', '0', '--data', join(folder, 'data'), '--log-level', 'error'],
    {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let said = ''
  for await (const chunk of server.stdout ?? []) {
    said += chunk
    const found = /listening on http:\/\/(\S+)/.exec(said)?.[1]
    if (found !== undefined) {
      address = found
      break
    }
  }
})

afterAll(async () => {
  const ended = once(server, 'exit')
  server.kill('SIGTERM')
  await ended
  rmSync(folder, { recursive: true, force: true })
})

describe('what the README shows runs', () => {
  it('a page', async () => {
    const [html = ''] = snippets('html')
    const sdk = await (await fetch(`http://${address}/sdk/pulssi.min.js`)).text()
    const host = createServer((request, response) => {
      const script = request.url === '/sdk/pulssi.min.js'
      response.setHeader('Content-Type', script ? 'text/javascript' : 'text/html')
      response.end(script ? sdk : html.replaceAll(WRITTEN, address))
    })
    host.listen(0, '127.0.0.1')
    await once(host, 'listening')
    const { port } = host.address() as { port: number }
    const browser = await launch()
    try {
      const { context, complaints } = await watchedContext(browser)
      const page = await context.newPage()
      await page.goto(`http://127.0.0.1:${port}/page`)
      await expect.poll(() => entered('checkout.payment')).toBe(1)
      expect(complaints.filter(text => !text.includes('favicon'))).toEqual([])
    } finally {
      await browser.close()
      host.close()
    }
  })

  it('a service', async () => {
    const snippet = snippets('js').find(text => text.includes('createPulse')) ?? ''
    const [code] = await once(node(snippet), 'exit')
    expect(code).toBe(0)
    await expect.poll(() => entered('phone.support')).toBe(1)
  })

  it('a subscriber', async () => {
    const snippet = snippets('js').find(text => text.includes('createLive')) ?? ''
    const child = node(snippet)
    let said = ''
    for await (const chunk of child.stdout ?? []) {
      said += chunk
      if (said.includes('~journey')) break
    }
    child.kill()
    expect(said).toMatch(/^~journey \d+ /m)
  })

  it('the shell', async () => {
    writeFileSync(
      join(folder, 'events.ndjson'),
      '{"visitor":"v-1","stream":"s","seq":0,"at":1763800000000,"kind":"enter","touchpoint":"home"}\n',
    )
    const script = readFileSync(join(root, 'package.json'), 'utf8')
    const lines = snippets('sh').flatMap(text => text.replaceAll('\\\n', '').trim().split('\n'))
    expect(lines.length).toBeGreaterThan(5)
    const env = { ...process.env, PULSSI_URL: `http://${address}` }
    for (const line of lines) {
      const name = /^npm (?:run )?(\w+)$/.exec(line)?.[1]
      if (name !== undefined) {
        expect(JSON.parse(script).scripts, line).toHaveProperty(name)
      } else if (line.startsWith('pulssi serve')) {
        await run('sh', ['-c', line.replace('pulssi', `${process.execPath} ${main}`).concat(' --help')], {
          cwd: folder,
        })
      } else {
        const command = line.replaceAll(WRITTEN, address).replace(/^pulssi/, `${process.execPath} ${main}`)
        const { stdout } = await run('sh', ['-c', command], { cwd: folder, env })
        expect(stdout, line).not.toContain('"error"')
      }
    }
    expect(await entered('phone.queue')).toBe(1)
  })
})
