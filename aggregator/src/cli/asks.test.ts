import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { run } from './program.js'

let folder = ''
let file = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-asks-'))
  file = join(folder, 'pulssi.config.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

const MOOD = { id: 'mood', touchpoints: ['checkout.*'], kind: 'csat', text: { en: 'How?' }, trigger: { on: 'sample' } }
const CHAT = { id: 'chat', touchpoints: ['checkout.*'], text: { en: 'Stuck?' } }
const WRITTEN = `{
  "project": "shop",

  "asks": [
    {
      "id": "why",   "touchpoints": ["*"], "kind": "choice",
      "text": {"en": "Why?"}, "options": [{"en": "Too ]dear"}, {"en": "Only }looking"}],
      "reason": true, "trigger": {"on": "dwell", "after": "90s"}
    }
  ]
}
`

const pulssi = async (args: readonly string[], input = '') => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const env = { PULSSI_CONFIG: file, PULSSI_DATA: join(folder, 'data') }
  const stdin = Readable.from(input === '' ? [] : [input])
  const io = { stdin, stdout, stderr, env, signal: new AbortController().signal, now: Date.now }
  const code = await run(io, ['asks', ...args])
  const text = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString() ?? ''
  return { code, stdout: text(stdout), stderr: text(stderr) }
}

describe('pulssi asks', () => {
  test('an ask is put behind the others and taken out again, and what people wrote stays as it was', async () => {
    writeFileSync(file, WRITTEN)
    expect(await pulssi(['add', JSON.stringify(MOOD)])).toMatchObject({ code: 0, stderr: expect.stringMatching(/HUP/) })
    expect(await pulssi(['add', '-', '--nudge'], JSON.stringify(CHAT))).toMatchObject({ code: 0 })
    const changed = readFileSync(file, 'utf8')
    expect(changed).toContain(WRITTEN.slice(0, WRITTEN.indexOf('\n  ]\n')))
    expect(JSON.parse(changed)).toMatchObject({ asks: [{ id: 'why' }, MOOD], nudges: [CHAT] })
    expect(await pulssi(['remove', 'chat'])).toMatchObject({ code: 0 })
    expect(await pulssi(['remove', 'mood'])).toMatchObject({ code: 0 })
    const { nudges, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as { nudges: unknown }
    expect([nudges, rest]).toEqual([[], JSON.parse(WRITTEN)])
    expect(readFileSync(file, 'utf8')).toContain(WRITTEN.slice(0, WRITTEN.lastIndexOf('\n}')))
  })

  test('the list has all of them, as a table or as the server tells them', async () => {
    writeFileSync(file, JSON.stringify({ ...JSON.parse(WRITTEN), nudges: [{ ...CHAT, signals: ['rage'] }] }))
    const { stdout } = await pulssi(['list'])
    expect(stdout.split('\n')).toEqual([
      'id    kind                  touchpoints  trigger             valid',
      'why   choice, reason        *            dwell 90s           10m',
      'chat  nudge, 50 % held out  checkout.*   in trouble by rage  2m',
      '',
    ])
    const { asks, nudges } = JSON.parse((await pulssi(['list', '--json'])).stdout)
    expect([asks[0].validFor, nudges[0].link]).toEqual(['10m', null])
  })

  test('what is never put is told, and fails', async () => {
    writeFileSync(file, JSON.stringify({ asks: [MOOD] }))
    expect(await pulssi(['check'])).toMatchObject({ code: 0, stdout: '1 asks and 0 nudges: nothing to say\n' })
    writeFileSync(file, JSON.stringify({ asks: [MOOD, { ...MOOD, id: 'late', touchpoints: ['checkout.cart'] }] }))
    expect(await pulssi(['check'])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^late never comes by itself: mood/),
    })
  })

  test('a preview has an address, for each of them', async () => {
    writeFileSync(file, JSON.stringify({ asks: [MOOD], server: { port: 8800 } }))
    expect((await pulssi(['preview', 'mood'])).stdout).toBe('http://127.0.0.1:8800/asks#mood\n')
  })

  test.each([
    [['add', '{"id": '], 2, /no JSON/],
    [['add', '[]'], 2, /JSON object/],
    [['add', JSON.stringify(MOOD).replace('{"en"', '{"__proto__":"x","en"')], 3, /__proto__/],
    [['add', JSON.stringify({ ...MOOD, kind: 'stars' })], 3, /asks\[1\]\.kind: must be one of/],
    [['add', JSON.stringify({ ...MOOD, id: 'why' })], 3, /asks\[1\]\.id: is there twice/],
    [['add', '--nudge', JSON.stringify({ ...CHAT, id: 'why' })], 3, /nudges\[0\]\.id: is there twice/],
    [['add', '-'], 2, /longer than 65536/],
    [['remove', 'mood'], 2, /no ask and no nudge "mood" \(why\)/],
    [['preview', 'mood'], 2, /no ask and no nudge "mood" \(why\)/],
  ])('%j is refused, and nothing is changed', async (args, code, message) => {
    writeFileSync(file, WRITTEN)
    const ran = await pulssi(args, args[1] === '-' ? ' '.repeat(65_537) : '')
    expect([ran.code, ran.stdout]).toEqual([code, ''])
    expect(ran.stderr).toMatch(message)
    expect(readFileSync(file, 'utf8')).toBe(WRITTEN)
  })
})
