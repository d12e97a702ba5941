/** `pulssi init`, and a server that runs with what it wrote. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { Io } from '../../aggregator/src/cli/io.js'
import { pulssi, type Ran } from './command.js'
import { bearer, dataDir, http, serve } from './harness.js'

const EXIT = { ok: 0, failed: 1, usage: 2 }

const fileIn = (folder: string): string => join(folder, 'pulssi.config.json')

/** A person at a terminal: gives the next answer whenever a question stands there. `null` goes away. */
const talk = async (args: readonly string[], answers: readonly (string | null)[]): Promise<Ran> => {
  const stdin: Io['stdin'] = Object.assign(new PassThrough(), { isTTY: true })
  const left = [...answers]
  const onText = (text: string): void => {
    if (!/\? (\[.*\] )?$|\)\?.* $/.test(text)) return
    const answer = left.shift()
    if (answer === null || answer === undefined) (stdin as PassThrough).end()
    else (stdin as PassThrough).write(`${answer}\n`)
  }
  return pulssi(['init', ...args], { stdin, onText })
}

describe('pulssi init', () => {
  test('what it writes starts a server, whose keys and tokens are those it printed', async () => {
    const folder = dataDir()
    const args = ['--config', fileIn(folder), '--yes', '--project', 'tea', '--origin', 'https://tea.example']
    const { code, out } = await pulssi(['init', ...args, '--touchpoint', 'home', 'pay', '--service'])
    expect(code).toBe(EXIT.ok)
    expect(statSync(fileIn(folder)).mode & 0o777).toBe(0o600)
    const text = readFileSync(fileIn(folder), 'utf8')
    const [token = '', service = ''] = [/rt_[\w-]+/, /sk_[\w-]+/].map(form => form.exec(out)?.[0])
    const page = /pk_[\w-]+/.exec(out)?.[0] ?? ''
    expect([text.includes(token), text.includes(service), text.includes(page)]).toEqual([false, false, true])
    const server = await serve(JSON.parse(text))
    const read = await http(server, '/v1/journey?window=total', { headers: bearer(token) })
    expect(read.status).toBe(200)
    const event = `{"visitor":"v-1","at":${Date.now()},"kind":"enter","touchpoint":"pay"}`
    const headers = { 'content-type': 'application/x-ndjson' }
    const ours = await http(server, '/v1/events', {
      method: 'POST',
      body: event,
      headers: { ...headers, ...bearer(service) },
    })
    expect(ours.body).toMatchObject({ accepted: 1 })
    const theirs = { ...headers, ...bearer(page), origin: 'https://tea.example' }
    expect((await http(server, '/v1/events', { method: 'POST', body: event, headers: theirs })).status).not.toBe(401)
    const doctor = await pulssi(['doctor', '--config', fileIn(folder), '--data', folder], { env: { PULSSI_PORT: '0' } })
    expect(doctor.code).toBe(EXIT.ok)
  })

  test('asks a person, again where an answer is none, and takes the defaults for empty ones', async () => {
    const folder = dataDir()
    const answers = ['Tea!', 'tea', 'https://tea.example/shop', '', 'https://ops.example/hook', 'maybe', 'y']
    const { code, errors } = await talk(['--config', fileIn(folder)], answers)
    expect([code, errors]).toEqual([EXIT.ok, expect.stringContaining('lower case letters')])
    expect(errors).toContain('Answer y or n.')
    const config = JSON.parse(readFileSync(fileIn(folder), 'utf8'))
    expect(config).toMatchObject({ project: 'tea', hooks: { ops: { url: 'https://ops.example/hook' } } })
    expect(config.keys).toMatchObject([{ origins: ['https://tea.example'] }, {}])
    expect(config.journey.touchpoints['checkout.thanks']).toEqual({ stage: 'close', end: true })
  })

  test('nobody there, or gone half-way: nothing is written', async () => {
    const path = fileIn(dataDir())
    const piped = await pulssi(['init', '--config', path], { stdin: Readable.from(['tea\n']) })
    expect(piped).toMatchObject({ code: EXIT.usage, errors: expect.stringContaining('--yes') })
    const gone = await talk(['--config', path], ['tea', null])
    expect(gone).toMatchObject({ code: EXIT.failed, errors: expect.stringContaining('nothing was written') })
    expect(existsSync(path)).toBe(false)
  })

  test('a file that is there stays, unless a person says otherwise', async () => {
    const path = fileIn(dataDir())
    writeFileSync(path, '{"project":"old"}')
    const forced = await pulssi(['init', '--config', path, '--yes'])
    expect(forced).toMatchObject({ code: EXIT.usage, errors: expect.stringContaining('is there already') })
    expect((await talk(['--config', path], ['n'])).code).toBe(EXIT.failed)
    expect(readFileSync(path, 'utf8')).toBe('{"project":"old"}')
    const { code } = await talk(['--config', path], ['y', 'new', '', '', '', ''])
    expect([code, JSON.parse(readFileSync(path, 'utf8')).project]).toEqual([EXIT.ok, 'new'])
    expect(readFileSync(`${path}.old`, 'utf8')).toBe('{"project":"old"}')
  })

  test('an option that can’t be, and a folder that isn’t there', async () => {
    const path = fileIn(dataDir())
    const wrong = await pulssi(['init', '--config', path, '--yes', '--origin', 'shop.example'])
    expect(wrong).toMatchObject({ code: EXIT.usage, errors: expect.stringContaining('no address of a page') })
    const lost = await pulssi(['init', '--config', join(dataDir(), 'none', 'x.json'), '--yes'])
    expect(lost).toMatchObject({ code: 3, errors: expect.stringContaining("can't be written") })
  })
})
