import { PassThrough, Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { GROUPS } from './help.js'
import { run } from './program.js'

const help = async (args: readonly string[]): Promise<[number, string]> => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const io = { stdin: Readable.from([]), stdout, stderr, env: {}, signal: new AbortController().signal, now: Date.now }
  const code = await run(io, args)
  return [code, `${stdout.read() ?? ''}${stderr.read() ?? ''}`]
}

test('every command of --help stands in a group', async () => {
  const [code, text] = await help(['--help'])
  expect([code, text]).toEqual([0, expect.not.stringContaining('Other:')])
  const shown = [...text.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name)
  expect(shown.sort()).toEqual(Object.values(GROUPS).flat().sort())
})

test('a command nearly right is suggested, a subcommand too, with the code for wrong usage', async () => {
  expect(await help(['srve'])).toEqual([2, expect.stringContaining('Did you mean serve?')])
  expect(await help(['keys', 'nwe'])).toEqual([2, expect.stringContaining('Did you mean new?')])
  expect(await help(['load', '--event', '1'])).toEqual([2, expect.stringContaining('Did you mean --events?')])
})
