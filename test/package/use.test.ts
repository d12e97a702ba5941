/** What somebody gets who installs the tarballs: every way in which a program may take the packages up. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, watchedContext } from '../browser/chromium.js'
import { type Consumer, createConsumer } from './consumer.js'
import { root } from './pack.js'
import { saidBy } from './said.js'
import { journeyAt, type Served, serve } from './serve.js'

const run = promisify(execFile)

let consumer: Consumer
let server: Served

beforeAll(async () => {
  consumer = await createConsumer()
  server = await serve(consumer)
})
afterAll(async () => {
  await server?.end()
  consumer?.remove()
})

const node = async (file: string, text: string, ...args: string[]): Promise<string> => {
  consumer.write(file, text)
  const { stdout } = await run(process.execPath, [...args, file], { cwd: consumer.folder })
  return stdout.trim()
}

describe('Node', () => {
  const EVENT = `const pulse = createPulse({ url: process.argv[2], key: 'sk_a', identity: 'host' })
    pulse.as('v-1').enter(process.argv[3])
    await pulse.flush(); await pulse.close(); console.log(pulse.stats().acked)`
  const send = (file: string, text: string, touchpoint: string): Promise<{ stdout: string }> => {
    consumer.write(file, text)
    return run(process.execPath, [file, server.url, touchpoint], { cwd: consumer.folder })
  }

  test('ESM', async () => {
    const { stdout } = await send('esm.mjs', `import { createPulse } from '@pulssi/sdk'\n${EVENT}`, 'way.esm')
    expect(stdout).toBe('1\n')
    expect((await journeyAt(server)).get('way.esm')).toBe(1)
  })

  test('CommonJS, by require', async () => {
    const text = `const { createPulse } = require('@pulssi/sdk')\n;(async () => {${EVENT}})()`
    const { stdout } = await send('cjs.cjs', text, 'way.cjs')
    expect(stdout).toBe('1\n')
    expect((await journeyAt(server)).get('way.cjs')).toBe(1)
  })

  test('CommonJS, by import()', async () => {
    const text = `import('@pulssi/sdk').then(async ({ createPulse }) => {${EVENT}})`
    const { stdout } = await send('dynamic.cjs', text, 'way.dynamic')
    expect(stdout).toBe('1\n')
  })

  test('every entry can be required and imported', async () => {
    const entries = consumer.packed.flatMap(({ folder, name }) => {
      const { exports } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
      return Object.keys(exports as object)
        .filter(entry => !/\.\w+$/.test(entry))
        .map(entry => name + entry.slice(1))
    })
    expect(entries.length).toBeGreaterThan(6)
    // Of the host's own choice, and therefore none of the packages' dependencies.
    symlinkSync(join(root, 'node_modules/react'), join(consumer.folder, 'node_modules/react'))
    const lines = entries.map(entry => `require('${entry}'); await import('${entry}')`)
    expect(await node('entries.cjs', `(async () => {${lines.join('\n')}; console.log('done') })()`)).toBe('done')
  })

  test('importing for rendering on a server opens nothing and keeps no process alive', async () => {
    const entries = ['', '/keep', '/live', '/widget'].map(entry => `await import('@pulssi/sdk${entry}')`)
    const text = `const before = process.getActiveResourcesInfo().length\n${entries.join('\n')}
      console.log(process.getActiveResourcesInfo().length - before, typeof document, typeof window)`
    expect(await node('ssr.mjs', text)).toBe('0 undefined undefined')
  })
})

describe('types', () => {
  const BROWSER = `import { createPulse, type PulseClient } from '@pulssi/sdk'
    import { createPulse as createKeeping } from '@pulssi/sdk/keep'
    import { createLive, type Update } from '@pulssi/sdk/live'
    const options = { url: 'ws://127.0.0.1:8700', key: 'pk_a' }
    const pulse: PulseClient = createPulse(options)
    pulse.feedback('checkout.payment', { scale: 'smiley', score: 4 })
    createKeeping(options).enter('home')
    createLive({ url: options.url }).subscribe({ touchpoints: ['*'], windows: ['5m'] }, (update: Update) => {
      const rate: number | null | undefined = update.changed[0]?.dropOff.rate
      console.log(rate)
    })
    // @ts-expect-error a touchpoint is a name
    pulse.enter(5)
    // @ts-expect-error there is no such scale
    pulse.feedback('home', { scale: 'stars', score: 4 })`
  const SERVER = `import { parseConfig, startServer, type RunningServer } from '@pulssi/aggregator'
    import { View } from '@pulssi/aggregator/engine'
    import { guardClient } from '@pulssi/protocol'
    import { type Pulse } from '@pulssi/protocol/client'
    export const parts: [typeof View, typeof guardClient, Pulse | null] = [View, guardClient, null]
    export const begin = (logger: Parameters<typeof startServer>[0]['logger']): Promise<RunningServer> =>
      startServer({ config: parseConfig({}), logger })
    // @ts-expect-error it wants a configuration
    startServer({})`
  const STRICT = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noEmit: true }
  const check = async (name: string, text: string, options: object): Promise<string> => {
    consumer.write(`${name}.ts`, text)
    const project = { compilerOptions: { ...STRICT, target: 'es2022', ...options }, files: [`${name}.ts`] }
    const file = consumer.write(`tsconfig.${name}.json`, JSON.stringify(project))
    const { stdout } = await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', file], {
      cwd: consumer.folder,
    }).catch(({ stdout }: { stdout: string }) => ({ stdout }))
    return stdout
  }
  const WAYS = [
    { moduleResolution: 'bundler', module: 'esnext' },
    { moduleResolution: 'node16', module: 'node16' },
    { moduleResolution: 'nodenext', module: 'nodenext' },
  ]

  test.each(WAYS)('of the SDK need neither those of Node nor skipLibCheck, $moduleResolution', async way => {
    const lib = ['es2022', 'dom']
    expect(await check(`browser-${way.module}`, BROWSER, { ...way, lib, types: [], skipLibCheck: false })).toBe('')
  })

  test('of the SDK need no browser either', async () => {
    const text = BROWSER.replace('console.log(rate)', 'return rate')
    expect(await check('bare', text, { ...WAYS[0], lib: ['es2022'], types: [], skipLibCheck: false })).toBe('')
  })

  test.each(WAYS)('of protocol and aggregator need those of Node, $moduleResolution', async way => {
    const typeRoots = [join(root, 'node_modules/@types')]
    const options = { ...way, lib: ['es2022'], types: ['node'], typeRoots, skipLibCheck: true }
    expect(await check(`server-${way.module}`, SERVER, options)).toBe('')
  })
})

describe('a page', () => {
  test('takes the file for script tags', async () => {
    const sdk = readFileSync(join(consumer.folder, 'node_modules/@pulssi/sdk/dist/pulssi.min.js'))
    const html = `<!doctype html><script src="/pulssi.min.js"></script>
      <script>pulssi.createPulse({ url: '${server.url}', key: 'pk_a' }).enter('way.script')</script>`
    const host = createServer(({ url }, response) => {
      response.setHeader('Content-Type', url === '/pulssi.min.js' ? 'text/javascript' : 'text/html')
      response.end(url === '/pulssi.min.js' ? sdk : html)
    }).listen(0, '127.0.0.1')
    await once(host, 'listening')
    const browser = await launch()
    try {
      const { context } = await watchedContext(browser)
      const page = await context.newPage()
      await page.goto(`http://127.0.0.1:${(host.address() as { port: number }).port}/`)
      await expect.poll(async () => (await journeyAt(server)).get('way.script')).toBe(1)
    } finally {
      await browser.close()
      host.close()
    }
  })
})

describe('the command', () => {
  test('runs the demo: a screen, a shop, and visitors in it', async () => {
    const options = ['dev', '--port', '0', '--data', 'demo', '--past', '1', '--seed', '7']
    const child = spawn(consumer.pulssi, options, { cwd: consumer.folder, stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    try {
      const said = await saidBy(child, /Screen +http\S+/, /Shop +http\S+/)
      for (const [, url = ''] of said.matchAll(/(?:Screen|Shop) +(http\S+)/g)) {
        expect((await fetch(url)).status, url).toBe(200)
      }
      const screen = /Screen +(http\S+)\//.exec(said)?.[1] ?? ''
      await expect.poll(async () => (await journeyAt({ url: screen })).get('shop.home') ?? 0).toBeGreaterThan(0)
    } finally {
      child.kill('SIGINT')
    }
    expect((await exited)[0]).toBe(0)
  })

  test('is there, and says its version and what it can do', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const npx = await run('npx', ['--no-install', 'pulssi', '--version'], { cwd: consumer.folder })
    expect(npx.stdout).toBe(`${version}\n`)
    const { stdout } = await run(consumer.pulssi, ['--help'], { cwd: consumer.folder })
    for (const name of ['serve', 'send', 'tail', 'replay', 'doctor']) expect(stdout).toContain(`  ${name}`)
  })

  test('serves the screen with all its files, and the SDK', async () => {
    const html = await (await fetch(`${server.url}/`)).text()
    const files = [...html.matchAll(/(?:src|href)="([^":]+)"/g)].map(([, file = '']) => new URL(file, `${server.url}/`))
    expect(files.length).toBeGreaterThan(1)
    for (const file of [...files, new URL('/sdk/pulssi.min.js', server.url)]) {
      expect((await fetch(file)).status, file.pathname).toBe(200)
    }
  })
})
