/** `pulssi completion` in the shells that this machine has, as a person at the keyboard would meet it. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { pulssi } from './command.js'

const scriptFor = async (shell: string): Promise<string> => (await pulssi(['completion', shell])).out

const isThere = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'pulssi-completion-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  mkdirSync(join(made, 'store'))
  writeFileSync(join(made, 'shop.json'), '{}')
  return made
}

/** What bash offers for the last of the words. */
const inBash = (script: string, cwd: string, words: readonly string[]): string[] => {
  const call = `${script}
COMP_WORDS=(${['pulssi', ...words].map(word => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
_pulssi; printf '%s\\n' "\${COMPREPLY[@]}"`
  const out = execFileSync('bash', ['--norc', '-c', call], { cwd }).toString()
  return out.split('\n').filter(line => line !== '')
}

const FISH = 'fish'

const inFish = (script: string, cwd: string, words: readonly string[]): string[] => {
  const call = `${script}\ncomplete -C 'pulssi ${words.join(' ')}'`
  const out = execFileSync(FISH, ['--no-config', '-c', call], { cwd }).toString()
  return out.split('\n').flatMap(line => line.split('\t')[0] || [])
}

/** [words, some of what must be offered, some of what must not] */
const CASES: [string[], string[], string[]][] = [
  [['ser'], ['serve'], ['send']],
  [['keys', ''], ['new', 'list', 'revoke'], ['serve']],
  [['keys', 'new', '--p'], ['--page', '--proof'], ['--service']],
  [['token', 'new', '--scope', ''], ['pulse', 'voice', 'reply', 'incidents', 'admin'], ['new']],
  [['tail', '--window', '1'], ['1m', '15m', '1h'], ['5m']],
  [['tail', '--url', 'keys', '--on'], ['--once'], ['new']],
  [['serve', '--config', ''], ['shop.json'], ['serve']],
  [['serve', '--data', ''], ['store'], ['shop.json']],
  [['replay', ''], ['shop.json'], []],
  [['completion', ''], ['bash', 'zsh', 'fish'], ['serve']],
]

/** zsh completes in a terminal alone: there its script is only read. */
const SHELLS = [['bash', inBash] as const, ...(isThere(FISH) ? [[FISH, inFish] as const] : [])]

describe.each(SHELLS)('completion in %s', (shell, complete) => {
  test.each(CASES)('%j', async (words, offered, others) => {
    const found = complete(await scriptFor(shell), folder(), words).map(each => each.replace(/\/$/, ''))
    for (const each of offered) expect(found).toContain(each)
    for (const each of others) expect(found).not.toContain(each)
  })
})

describe('the scripts', () => {
  test.each(['bash', 'zsh', 'fish'].filter(isThere))('%s can read its own', async shell => {
    const { status, stderr } = spawnSync(shell, ['-n'], { input: await scriptFor(shell) })
    expect([status, stderr.toString()]).toEqual([0, ''])
  })

  test.each(['bash', 'zsh', 'fish'])('%s knows every command of --help', async shell => {
    const help = (await pulssi(['--help'])).out
    const commands = [...help.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name ?? '')
    expect(commands.length).toBeGreaterThan(12)
    const script = await scriptFor(shell)
    for (const command of commands.filter(name => name !== 'help'))
      expect(script).toMatch(new RegExp(`\\b${command}\\b`))
  })

  test('another shell is wrong usage', async () => {
    expect(await pulssi(['completion', 'tcsh'])).toMatchObject({
      code: 2,
      errors: expect.stringContaining('bash, zsh, fish'),
    })
  })
})
