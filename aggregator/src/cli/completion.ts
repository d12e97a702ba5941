import { Argument, type Command } from 'commander'
import { bashScript } from './completion/bash.js'
import { fishScript } from './completion/fish.js'
import { type CommandNode, treeOf } from './completion/tree.js'
import { zshScript } from './completion/zsh.js'
import type { ExitName } from './exits.js'
import type { Io } from './io.js'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

const SCRIPTS: Readonly<Record<Shell, (tree: CommandNode) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

const HOW = `
bash  source <(pulssi completion bash)       in ~/.bashrc
zsh   source <(pulssi completion zsh)        in ~/.zshrc, after compinit
fish  pulssi completion fish | source        in ~/.config/fish/config.fish`

export const addCompletion = (program: Command, io: Io, done: (exit: ExitName) => void): void => {
  program
    .command('completion')
    .description('print a script that lets a shell complete commands, options and their values')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText('after', HOW)
    .action((shell: Shell) => {
      io.stdout.write(SCRIPTS[shell](treeOf(program)))
      done('ok')
    })
}
