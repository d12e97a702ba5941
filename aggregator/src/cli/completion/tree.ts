import type { Command, Option } from 'commander'

/** What comes after an option, or stands as an argument. */
export type Values =
  | { readonly is: 'none' }
  | { readonly is: 'text' }
  | { readonly is: 'file' }
  | { readonly is: 'folder' }
  | { readonly is: 'choices'; readonly of: readonly string[] }

export interface OptionNode {
  /** `--long`, and the short one where there is one. */
  readonly flags: readonly string[]
  readonly about: string
  readonly values: Values
}

/** One command, as far as a shell completes it. */
export interface CommandNode {
  /** Names from the program on: `pulssi keys new`. */
  readonly path: string
  readonly name: string
  readonly about: string
  readonly options: readonly OptionNode[]
  readonly argument: Values
  readonly commands: readonly CommandNode[]
}

const NONE: Values = { is: 'none' }
const TEXT: Values = { is: 'text' }

const byName = (name: string): Values => {
  if (/^<?\[?file/.test(name)) return { is: 'file' }
  return /^<?\[?folder/.test(name) ? { is: 'folder' } : TEXT
}

const valuesOf = ({ argChoices, flags, required, optional }: Option): Values => {
  if (!required && !optional) return NONE
  if (argChoices !== undefined) return { is: 'choices', of: argChoices }
  return byName(flags.slice(flags.search(/[<[]/)))
}

const optionOf = (option: Option): OptionNode => ({
  flags: [option.long, option.short].filter(flag => typeof flag === 'string'),
  about: option.description,
  values: valuesOf(option),
})

/** The commands of a program, as they are now, `help` left out: it only says what --help does. */
export const treeOf = (command: Command, above = ''): CommandNode => {
  const path = `${above} ${command.name()}`.trim()
  const help = command.createHelp()
  const [argument] = command.registeredArguments
  const choices = argument?.argChoices
  return {
    path,
    name: command.name(),
    about: command.description(),
    options: help.visibleOptions(command).map(optionOf),
    argument:
      argument === undefined ? NONE : choices === undefined ? byName(argument.name()) : { is: 'choices', of: choices },
    commands: command.commands.map(each => treeOf(each, path)),
  }
}

/** A command and all below it. */
export const flat = (node: CommandNode): CommandNode[] => [node, ...node.commands.flatMap(flat)]

/** `path:flag` of every option that takes a value, by what a shell offers there. */
export const valuedBy = (
  nodes: readonly CommandNode[],
  generatorOf: (values: Values) => string | null,
): Map<string, string[]> => {
  const found = new Map<string, string[]>()
  for (const { path, options } of nodes) {
    for (const { flags, values } of options) {
      const generator = generatorOf(values)
      if (generator === null) continue
      found.set(generator, [...(found.get(generator) ?? []), ...flags.map(flag => `${path}:${flag}`)])
    }
  }
  return found
}

/** In single quotes, for any of the shells. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
