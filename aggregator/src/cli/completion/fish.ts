import { type CommandNode, flat, type Values } from './tree.js'

/** Within single quotes fish knows two escapes. */
const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

const valueFlags = (values: Values): string => {
  switch (values.is) {
    case 'choices':
      return ` -x -a ${quoted(values.of.join(' '))}`
    case 'file':
      return ' -r -F'
    case 'folder':
      return " -x -a '(__fish_complete_directories)'"
    case 'text':
      return ' -x'
    case 'none':
      return ''
    default:
      return values satisfies never
  }
}

const linesOf = ({ path, options, commands, argument }: CommandNode): string[] => {
  const when = `complete -c pulssi -n ${quoted(`__pulssi_at ${quoted(path)}`)}`
  const lines = commands.map(({ name, about }) => `${when} -f -a ${name} -d ${quoted(about)}`)
  for (const { flags, about, values } of options) {
    const names = flags.map(flag => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(' ')
    lines.push(`${when} ${names}${valueFlags(values)} -d ${quoted(about)}`)
  }
  if (argument.is === 'choices') lines.push(`${when} -f -a ${quoted(argument.of.join(' '))}`)
  else if (argument.is === 'file') lines.push(`${when} -F`)
  return lines
}

export const fishScript = (tree: CommandNode): string => {
  const nodes = flat(tree)
  const deeper = nodes.slice(1).map(({ path }) => quoted(path))
  const valued = nodes.flatMap(({ path, options }) =>
    options
      .filter(({ values }) => values.is !== 'none')
      .flatMap(({ flags }) => flags.map(flag => quoted(`${path}:${flag}`))),
  )
  return `# Completion of pulssi for fish: pulssi completion fish | source
function __pulssi_at
  set -l at pulssi
  set -l before ''
  for word in (commandline -opc)[2..-1]
    if contains -- "$at:$before" ${valued.join(' ')}
      set before ''
      continue
    end
    set before $word
    if contains -- "$at $word" ${deeper.join(' ')}
      set at "$at $word"
      set before ''
    end
  end
  test "$at" = "$argv[1]"
end
complete -c pulssi -f
${nodes.flatMap(linesOf).join('\n')}
`
}
