import { createHmac, generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseConfig } from '../config/index.js'
import { Access } from '../gateway/index.js'
import { run } from './program.js'

interface Ran {
  readonly code: number
  readonly lines: readonly string[]
  readonly stderr: string
}

let folder = ''
let file = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-keys-'))
  file = join(folder, 'pulssi.config.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

const pulssi = async (...args: string[]): Promise<Ran> => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const env = { PULSSI_CONFIG: file, PULSSI_DATA: join(folder, 'data') }
  const io = { stdin: Readable.from([]), stdout, stderr, env, signal: new AbortController().signal, now: Date.now }
  const code = await run(io, args)
  const text = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString() ?? ''
  return { code, lines: text(stdout).split('\n').slice(0, -1), stderr: text(stderr) }
}
const access = (): Access => new Access(parseConfig(JSON.parse(readFileSync(file, 'utf8')), file, {}), () => 100)
const first = ({ lines }: Ran): string => lines[0] ?? ''
const WHERE = '127.0.0.1'
const PAGE = ['keys', 'new', '--page', '--origin', 'https://shop.example']

describe('pulssi keys', () => {
  test('a service’s key is shown once and kept as a hash; the file is its owner’s alone', async () => {
    const ran = await pulssi('keys', 'new', '--service')
    const key = first(ran)
    expect(ran).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/only time[\s\S]*the first[\s\S]*kill -HUP PID/),
    })
    expect((await pulssi('token', 'new')).stderr).not.toContain('the first')
    expect(key).toMatch(/^sk_[\w-]{32}$/)
    expect(readFileSync(file, 'utf8')).not.toContain(key)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(access().writer(key, WHERE)).toMatchObject({ kind: 'service' })
  })

  test('a page’s key has its origins and channels, and a secret for proofs', async () => {
    const { lines } = await pulssi(...PAGE, 'https://b.example', '--channel', 'web', 'app', '--proof')
    const [key = '', secret = ''] = lines
    const { origins, channels } = access().writer(key, WHERE) as { origins: unknown; channels: unknown }
    expect([origins, channels]).toEqual([
      new Set(['https://shop.example', 'https://b.example']),
      new Set(['web', 'app']),
    ])
    const proof = await pulssi('token', 'proof', 'c-1')
    const made = createHmac('sha256', secret).update('pulssi\npulssi\nvisitor\nc-1').digest('hex')
    expect(proof.lines).toEqual([made])
    expect(first(await pulssi('token', 'proof', 'c-1', '--customer'))).not.toBe(made)
    expect(await pulssi('token', 'proof', 'c-1', '--key', 'pk_other')).toMatchObject({ code: 3 })
  })

  test('the list shows no secret, and what it shows is enough to revoke', async () => {
    writeFileSync(file, '{\n  "project": "shop",\n\n  "keys": [{"key": "sk_plain"}]\n}\n')
    const service = first(await pulssi('keys', 'new', '--service'))
    const page = first(await pulssi(...PAGE))
    const { lines } = await pulssi('keys', 'list')
    expect(lines).toHaveLength(3)
    expect(lines.join('\n')).not.toMatch(/sk_/)
    expect(lines[2]).toContain(`${page}  https://shop.example web`)
    const id = lines[1]?.split(' ')[0] ?? ''
    expect(await pulssi('keys', 'revoke', id)).toMatchObject({ code: 0 })
    expect(access().writer(service, WHERE)).toBe('unauthorized')
    expect(await pulssi('keys', 'revoke', 'sk_plain')).toMatchObject({ code: 0 })
    expect((await pulssi('keys', 'list')).lines).toHaveLength(1)
    expect(await pulssi('keys', 'revoke', page)).toMatchObject({ stderr: expect.stringContaining('everyone') })
    expect(readFileSync(file, 'utf8')).toBe('{\n  "project": "shop",\n\n  "keys": []\n}\n')
  })

  test.each([
    [['keys', 'new'], 2, /--page with --origin, or --service/],
    [['keys', 'new', '--page'], 2, /needs --origin/],
    [['keys', 'new', '--service', '--origin', 'https://a.example'], 2, /are for pages/],
    [['keys', 'new', '--page', '--origin', 'a.example'], 3, /origins\[0\]: is no origin/],
    [['keys', 'revoke', 'sk_none'], 1, /none such/],
    [['keys', 'revoke', 'sha256:12'], 2, /at least 8/],
    [['token', 'new', '--ttl', '1h'], 2, /for --jwt/],
    [['token', 'new', '--jwt', '--ttl', '25h'], 2, /24h/],
    [['token', 'new', '--jwt'], 3, /no such file/],
    [['token', 'new', '--scope', 'all'], 2, /Allowed choices/],
    [['token', 'new', '--touchpoint', 'A*b'], 3, /touchpoints\[0\]/],
    [['token', 'proof', 'c-1'], 3, /no such file/],
  ])('%j is refused, and nothing is changed', async (args, code, message) => {
    const ran = await pulssi(...args)
    expect([ran.code, ran.lines]).toEqual([code, []])
    expect(ran.stderr).toMatch(message)
    expect(readdirSync(folder)).toEqual([])
  })

  test('without an issuer nothing is signed, without a secret nothing is proven', async () => {
    writeFileSync(file, '{}')
    expect(await pulssi('token', 'new', '--jwt')).toMatchObject({ code: 3, stderr: expect.stringMatching(/no HS256/) })
    expect(await pulssi('token', 'proof', 'c-1')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/proofSecret/),
    })
  })

  test('a file that is broken is left as it is', async () => {
    for (const text of ['{"keys": [', '{"kyes": []}', '[]']) {
      writeFileSync(file, text)
      expect(await pulssi('keys', 'new', '--service')).toMatchObject({ code: 3, lines: [] })
      expect(readFileSync(file, 'utf8')).toBe(text)
    }
  })

  test('the hint names the process that holds the data folder', async () => {
    mkdirSync(join(folder, 'data'))
    writeFileSync(join(folder, 'data', 'lock'), JSON.stringify({ pid: process.pid, host: hostname() }))
    expect((await pulssi('keys', 'new', '--service')).stderr).toContain(`kill -HUP ${process.pid}`)
  })
})

describe('pulssi token', () => {
  test('an opaque one is shown once, reads what it may, and is gone once revoked', async () => {
    const token = first(await pulssi('token', 'new', '--touchpoint', 'cart', 'checkout.*', '--scope', 'pulse', 'voice'))
    expect(readFileSync(file, 'utf8')).not.toContain(token)
    expect(access().reader(token, WHERE)).toMatchObject({ touchpoints: ['cart', 'checkout.*'] })
    expect((await pulssi('token', 'list')).lines).toEqual([
      expect.stringMatching(/^sha256:\w{12} {2}cart checkout\.\* {2}pulse voice$/),
    ])
    expect(await pulssi('token', 'revoke', token)).toMatchObject({ code: 0 })
    expect((await pulssi('token', 'list')).lines).toEqual([])
  })

  test('a signed one is taken by a server with the same configuration, and stored nowhere', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const pem = join(folder, 'private.pem')
    writeFileSync(pem, privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const secret = 'a secret of at least thirty-two bytes'
    const jwt = [
      { algorithm: 'EdDSA', publicKey: publicKey.export({ format: 'jwk' }) },
      { algorithm: 'HS256', secret },
    ]
    const text = JSON.stringify({ project: 'shop', jwt })
    writeFileSync(file, text)
    for (const more of [
      ['--ttl', '24h'],
      ['--private-key', pem],
    ]) {
      const token = first(await pulssi('token', 'new', '--jwt', '--touchpoint', 'cart', ...more))
      expect(access().isSigned(token)).toBe(true)
      expect(await access().verify(token, WHERE)).toMatchObject({ touchpoints: ['cart'], scopes: new Set(['pulse']) })
    }
    expect(readFileSync(file, 'utf8')).toBe(text)
    writeFileSync(pem, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }))
    expect(await pulssi('token', 'new', '--jwt', '--private-key', pem)).toMatchObject({ code: 3 })
    expect(existsSync(join(folder, 'data'))).toBe(false)
  })
})
