import { type CommandNode, flat, quoted, type Values, valuedBy } from './tree.js'

/** `name:what it is`, the form that _describe reads; a colon in the name would end it. */
const described = (name: string, about: string): string => quoted(`${name.replaceAll(':', '\\:')}:${about}`)

const generatorOf = (values: Values): string | null => {
  switch (values.is) {
    case 'choices':
      return `compadd -- ${values.of.map(quoted).join(' ')}`
    case 'file':
      return '_files'
    case 'folder':
      return '_files -/'
    case 'text':
      return '_message value'
    case 'none':
      return null
    default:
      return values satisfies never
  }
}

const afterOptions = (valued: ReadonlyMap<string, readonly string[]>): string[] =>
  [...valued].map(([generator, keys]) => `    ${keys.map(quoted).join('|')}) ${generator}; return ;;`)

const words = (nodes: readonly CommandNode[]): string[] =>
  nodes.flatMap(({ path, options, commands, argument }) => {
    const flags = options.flatMap(({ flags, about }) => flags.map(flag => described(flag, about)))
    const names = commands.map(({ name, about }) => described(name, about))
    const values = argument.is === 'none' || argument.is === 'text' ? null : generatorOf(argument)
    return [
      `    ${quoted(path)})`,
      `      found=(${flags.join(' ')})`,
      '      if [[ $words[CURRENT] == -* ]]; then _describe -o option found; return; fi',
      names.length === 0 ? '      found=()' : `      found=(${names.join(' ')})`,
      '      (( $#found )) && _describe command found',
      values === null ? '      ;;' : `      ${values} ;;`,
    ]
  })

/** Descriptions are shown beside the names. */
export const zshScript = (tree: CommandNode): string => {
  const nodes = flat(tree)
  const deeper = nodes.slice(1).map(({ path }) => quoted(path))
  const valued = valuedBy(nodes, generatorOf)
  const keys = [...valued.values()].flat().map(quoted)
  return `#compdef pulssi
# Completion of pulssi for zsh: source <(pulssi completion zsh), after compinit
_pulssi() {
  local at=pulssi before= word
  local -a found
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at:$before" in
      ${keys.join('|')}) before=; continue ;;
    esac
    before="$word"
    case "$at $word" in
      ${deeper.join('|')}) at="$at $word"; before= ;;
    esac
  done
  case "$at:$before" in
${afterOptions(valued).join('\n')}
  esac
  case "$at" in
${words(nodes).join('\n')}
  esac
}
if [[ "$funcstack[1]" == _pulssi ]]; then _pulssi "$@"; else compdef _pulssi pulssi; fi
`
}
