import { Argument, Command, Option } from 'commander'
import { describe, expect, test } from 'vitest'
import { bashScript } from './bash.js'
import { fishScript } from './fish.js'
import { flat, quoted, treeOf } from './tree.js'
import { zshScript } from './zsh.js'

const program = new Command('pulssi')
const keys = program.command('keys').description("the shop's keys: all of them")
keys.command('new').option('-p, --page <file>', 'a page').addOption(new Option('--hidden').hideHelp())
program.command('print').addArgument(new Argument('<shell>').choices(['bash', 'zsh']))
const tree = treeOf(program)

describe('the tree of commands', () => {
  test('holds every command, its options and their values', () => {
    expect(flat(tree).map(({ path }) => path)).toEqual(['pulssi', 'pulssi keys', 'pulssi keys new', 'pulssi print'])
    const [made] = flat(tree).filter(({ name }) => name === 'new')
    expect(made?.options.map(({ flags, values }) => [flags, values.is])).toEqual([
      [['--page', '-p'], 'file'],
      [['--help', '-h'], 'none'],
    ])
    expect(flat(tree).at(-1)?.argument).toEqual({ is: 'choices', of: ['bash', 'zsh'] })
  })

  test('words are quoted for their shell', () => {
    expect(quoted("a'b")).toBe("'a'\\''b'")
    expect(zshScript(tree)).toContain("'keys:the shop'\\''s keys: all of them'")
    expect(fishScript(tree)).toContain("-d 'the shop\\'s keys: all of them'")
    expect(fishScript(tree)).toContain("-n '__pulssi_at \\'pulssi keys new\\'' -l page -s p -r -F")
    expect(bashScript(tree)).toContain('"pulssi keys new:--page"|"pulssi keys new:-p") compopt')
  })
})
