import { type CommandNode, flat, type Values, valuedBy } from './tree.js'

const generatorOf = (values: Values): string | null => {
  switch (values.is) {
    case 'choices':
      return `COMPREPLY=($(compgen -W "${values.of.join(' ')}" -- "$cur"))`
    case 'file':
      return 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur"))'
    case 'folder':
      return 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur"))'
    case 'text':
      return 'COMPREPLY=()'
    case 'none':
      return null
    default:
      return values satisfies never
  }
}

/** What follows an option that takes a value. */
const afterOptions = (valued: ReadonlyMap<string, readonly string[]>): string[] =>
  [...valued].map(([generator, keys]) => `    ${keys.map(key => `"${key}"`).join('|')}) ${generator}; return ;;`)

const words = (nodes: readonly CommandNode[]): string[] =>
  nodes.flatMap(({ path, options, commands, argument }) => {
    const names = commands.map(({ name }) => name)
    const flags = options.flatMap(option => option.flags)
    const plain = argument.is === 'choices' ? [...names, ...argument.of] : names
    const files = argument.is === 'file' || argument.is === 'folder' ? (generatorOf(argument) ?? ':') : ':'
    return [
      `    "${path}")`,
      `      if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "${flags.join(' ')}" -- "$cur")); return; fi`,
      plain.length === 0 ? `      ${files} ;;` : `      COMPREPLY=($(compgen -W "${plain.join(' ')}" -- "$cur")) ;;`,
    ]
  })

/** For bash 3.2 and newer, which is all that macOS has. */
export const bashScript = (tree: CommandNode): string => {
  const nodes = flat(tree)
  const deeper = nodes.slice(1).map(({ path }) => `"${path}"`)
  const valued = valuedBy(nodes, generatorOf)
  const keys = [...valued.values()].flat().map(key => `"${key}"`)
  return `# Completion of pulssi for bash: source <(pulssi completion bash)
_pulssi() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" path=pulssi before="" word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$path:$before" in
      ${keys.join('|')}) before=""; continue ;;
    esac
    before="$word"
    case "$path $word" in
      ${deeper.join('|')}) path="$path $word"; before="" ;;
    esac
  done
  case "$path:$before" in
${afterOptions(valued).join('\n')}
  esac
  case "$path" in
${words(nodes).join('\n')}
  esac
}
complete -F _pulssi pulssi
`
}
