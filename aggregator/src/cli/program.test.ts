import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import type { Journey } from '@pulssi/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lockFolder } from '../embedded/index.js'
import type { Io } from './io.js'
import { run } from './program.js'

const AT = 1_317_422_324_546

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command in this process until it ends, or until its stdout first holds `until`: then `then` is awaited. */
const pulssi = async (
  args: readonly string[],
  {
    stdin = '',
    env = {},
    until,
    then,
  }: { stdin?: string; env?: Record<string, string>; until?: RegExp; then?: (match: string) => Promise<void> } = {},
): Promise<Ran> => {
  const stop = new AbortController()
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const texts = { stdout: '', stderr: '' }
  let work: Promise<void> | null = null
  stdout.on('data', chunk => {
    texts.stdout += chunk
    const match = until?.exec(texts.stdout)
    if (match && work === null) work = (then?.(match[1] ?? '') ?? Promise.resolve()).finally(() => stop.abort())
  })
  stderr.on('data', chunk => {
    texts.stderr += chunk
  })
  const io: Io = { stdin: Readable.from([stdin]), stdout, stderr, env, signal: stop.signal, now: Date.now }
  const code = await run(io, args)
  await work
  return { code, ...texts }
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true }))
const written = (name: string, content: string | Buffer): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const event = (visitor: string, seq: number, touchpoint: string, more: object = {}): string =>
  JSON.stringify({ visitor, stream: `s-${visitor}`, seq, at: AT + seq * 60_000, kind: 'enter', touchpoint, ...more })

const GOOD = Array.from({ length: 60 }, (_, i) =>
  event(`v${i % 7}`, Math.floor(i / 7), ['shop.a', 'shop.b'][i % 2] ?? ''),
)
const BROKEN = [
  'not json',
  '{"visitor":"x"}',
  event('bad', 0, 'shop.a', { kind: 'feedback', scale: 'csat', score: 9 }),
  event('jump', 0, 'shop.a'),
  event('jump', 1_000_000, 'shop.b', { at: AT }),
]

describe('usage', () => {
  test('help names every command and every exit code', async () => {
    const { code, stdout } = await pulssi(['--help'])
    expect(code).toBe(0)
    for (const text of ['serve', 'send', 'tail', 'replay', 'Exit codes', '  5  ']) expect(stdout).toContain(text)
    for (const command of ['serve', 'send', 'tail', 'replay']) {
      const help = await pulssi([command, '--help'])
      expect([help.code, help.stdout]).toEqual([0, expect.stringContaining('Exit codes')])
    }
  })

  test.each([
    [['nothing'], /unknown command/],
    [['replay'], /missing required argument/],
    [['replay', 'x', '--window', '3m'], /one of 1m, 5m/],
    [['replay', 'x', '--connections', '0'], /whole number from 1/],
    [['replay', 'x', '--speed', 'fast'], /number over 0/],
    [['serve', '--loud'], /unknown option/],
    [['send', '{}', '--visitor', 'v', '--url', 'localhost'], /no address of a server/],
  ])('%j is wrong usage', async (args, message) => {
    const { code, stderr } = await pulssi(args)
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })
})

describe('replay --offline', () => {
  const offline = async (path: string, ...args: string[]): Promise<Ran & { journeys: Journey[] }> => {
    const ran = await pulssi(['replay', path, '--offline', ...args])
    return {
      ...ran,
      journeys: ran.stdout
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line) as Journey),
    }
  }

  test('prints one journey for each window, the same for gzip and plain', async () => {
    const text = `${GOOD.join('\n')}\n`
    const plain = await offline(written('good.ndjson', text), '--window', 'total', '--window', '5m')
    expect(plain.code).toBe(0)
    expect(plain.journeys.map(({ window }) => window)).toEqual(['total', '5m'])
    expect(plain.journeys[0]?.events).toMatchObject({ accepted: 60, rejected: 0, lost: 0 })
    expect(plain.journeys[0]?.clock).toBe(AT + 8 * 60_000)
    const packed = await offline(written('good.gz', gzipSync(text)), '--window', 'total', '--window', '5m')
    expect(packed.stdout).toBe(plain.stdout)
  })

  test('uses the map of the configuration', async () => {
    const config = written('map.json', '{"journey":{"touchpoints":{"shop.*":{"stage":"close"}}}}')
    const { journeys } = await offline(written('good.ndjson', GOOD.join('\n')), '--config', config)
    expect(journeys[0]?.pulses.map(({ stage }) => stage)).toEqual(['close', 'close'])
  })

  test('each broken line is counted and named by its number; the others go on', async () => {
    const lines = [...GOOD.slice(0, 30), '', ...BROKEN, ...GOOD.slice(30)]
    const { code, journeys, stderr } = await offline(written('broken.ndjson', lines.join('\n')))
    expect(code).toBe(5)
    expect(journeys[0]?.events).toMatchObject({ accepted: 61, rejected: 4, lost: 0 })
    for (const named of [
      /^line 32: badEvent: .*JSON/m,
      /^line 33: badEvent/m,
      /^line 34: badScore/m,
      /^line 36: seqTooFar/m,
    ]) {
      expect(stderr).toMatch(named)
    }
  })

  test('of many broken lines 20 are named and all are counted', async () => {
    const { journeys, stderr } = await offline(written('all.ndjson', 'x\n'.repeat(50)))
    expect(journeys[0]?.events.rejected).toBe(50)
    expect(stderr.match(/^line /gm)).toHaveLength(20)
    expect(stderr).toContain('and 30 more, 50 rejected in all')
  })

  test('a missing file fails, a bad configuration is told from it', async () => {
    expect(await offline(join(folder, 'none'))).toMatchObject({ code: 1, stderr: expect.stringContaining('no file') })
    const bad = written('bad.json', '{"journey":{"idel":"1m"}}')
    const ran = await offline(written('good.ndjson', GOOD.join('\n')), '--config', bad)
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining('journey.idel: unknown here') })
  })
})

describe('with a server', () => {
  const serve = (name: string, then: (url: string) => Promise<void>, ...args: string[]): Promise<Ran> =>
    pulssi(['serve', '--port', '0', '--data', join(folder, name), '--log-level', 'error', ...args], {
      until: /listening on (\S+)\n/,
      then,
    })
  const journeyOf = async (url: string): Promise<Journey> =>
    (await (await fetch(`${url}/v1/journey?window=total`)).json()) as Journey
  const withoutLate = (journey: unknown): string =>
    JSON.stringify(journey, (key, value) => (key === 'late' || key === 'tooLate' ? undefined : value))

  test('replayed over several connections it counts what --offline counts, broken lines too', async () => {
    const path = written('mixed.ndjson', [...GOOD.slice(0, 30), ...BROKEN, ...GOOD.slice(30)].join('\n'))
    const offline = await pulssi(['replay', path, '--offline'])
    const served = await serve(
      'replayed',
      async url => {
        const { code, stdout, stderr } = await pulssi(['replay', path, '--url', url, '--connections', '3'])
        expect([code, stderr]).toEqual([
          5,
          expect.stringMatching(/line 31: badEvent[\s\S]*line 33: badScore[\s\S]*seq 1000000: seqTooFar/),
        ])
        expect(JSON.parse(stdout)).toMatchObject({ lines: 65, accepted: 61, rejected: 4 })
        const journey = await journeyOf(url)
        expect(withoutLate(journey)).toBe(withoutLate(JSON.parse(offline.stdout)))
        // Once more is the same visitors, streams and numbers: nothing is counted twice.
        await pulssi(['replay', path, '--url', url])
        const again = await journeyOf(url)
        expect(again.events).toMatchObject({ accepted: 61, duplicates: 61, rejected: 8 })
        expect(again.pulses.map(({ visits }) => visits)).toEqual(journey.pulses.map(({ visits }) => visits))
      },
      '--clock',
      'data',
    )
    expect(served).toMatchObject({ code: 0, stderr: '' })
  })

  test('send, tail and an end on request', async () => {
    const served = await serve('sent', async url => {
      const one = await pulssi(['send', '{"visitor":"v-1","kind":"enter","touchpoint":"shop.a"}', '--url', url])
      expect(one).toMatchObject({ code: 0, stdout: '{"accepted":1,"rejected":0}\n' })
      const stdin = '{"kind":"leave","touchpoint":"shop.a"}\nno\n{"kind":"enter","touchpoint":"NO"}\n'
      const some = await pulssi(['send', '--url', url, '--visitor', 'v-2'], { stdin })
      expect(some).toMatchObject({ code: 5, stdout: '{"accepted":1,"rejected":2}\n' })
      expect(some.stderr).toMatch(/line 2: badEvent[\s\S]*line 3: badEvent/)
      const watch = ['tail', '--url', url, '--touchpoint', 'shop.*', '--window', 'total']
      const json = await pulssi([...watch, '--json'], { until: /"touchpoint":"(shop\.a)"/ })
      expect(json.code).toBe(0)
      const table = await pulssi([...watch, '--once'])
      expect(table.stdout).toMatch(/touchpoint +window[\s\S]*shop\.a +total/)
      const locked = await serve('sent', async () => undefined)
      expect(locked).toMatchObject({ code: 3, stderr: expect.stringContaining('belongs to the running process') })
    })
    expect(served.code).toBe(0)
  })

  test('a wrong key is refused, over WebSocket and over HTTP', async () => {
    const config = written('keys.json', '{"keys":[{"key":"sk_right"}]}')
    const path = written('good.ndjson', GOOD.join('\n'))
    await serve(
      'keyed',
      async url => {
        const args = ['--url', url, '--key', 'sk_wrong']
        const sent = await pulssi(['send', '{"visitor":"v","kind":"enter","touchpoint":"a"}', ...args])
        expect(sent).toMatchObject({ code: 4, stderr: expect.stringContaining('--key') })
        expect((await pulssi(['replay', path, ...args])).code).toBe(4)
        expect((await pulssi(['replay', written('x.ndjson', 'x'), ...args])).code).toBe(4)
        const right = await pulssi(['replay', path, '--url', url], { env: { PULSSI_KEY: 'sk_right' } })
        expect(right).toMatchObject({ code: 0, stdout: expect.stringContaining('"accepted":60') })
      },
      '--config',
      config,
    )
  })
})

describe('without a server', () => {
  test('send and replay say where they looked', async () => {
    const nowhere = ['--url', 'http://127.0.0.1:9']
    const sent = await pulssi(['send', '{"visitor":"v","kind":"enter","touchpoint":"a"}', ...nowhere])
    expect(sent).toMatchObject({ code: 4, stderr: expect.stringContaining('http://127.0.0.1:9') })
    expect((await pulssi(['replay', written('good.ndjson', GOOD.join('\n')), ...nowhere])).code).toBe(4)
  })

  test('serve refuses an open host without keys, and a data folder in use', async () => {
    const open = await pulssi(['serve', '--host', '0.0.0.0', '--data', join(folder, 'open')])
    expect(open).toMatchObject({ code: 3, stderr: expect.stringContaining('server.host') })
    const unlock = lockFolder(join(folder, 'held'))
    const held = await pulssi(['serve', '--port', '0', '--data', join(folder, 'held'), '--log-level', 'silent'])
    expect(held).toMatchObject({ code: 3, stderr: expect.stringContaining('--data') })
    unlock()
  })
})
