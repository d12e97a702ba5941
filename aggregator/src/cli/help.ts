import type { Command } from 'commander'

/** What `pulssi --help` shows together, in this order. Each command stands in exactly one group. */
export const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'Begin:': ['dev', 'init', 'serve', 'nats', 'doctor', 'completion'],
  'Events and figures:': ['send', 'tail', 'replay', 'load'],
  'Asking:': ['asks', 'voice'],
  'What is kept:': ['backup', 'restore', 'compact', 'subject', 'data'],
  'Access and alerts:': ['keys', 'token', 'hooks'],
}

const ELSE = 'Other:'

/** Puts the commands into their groups and in their order. */
export const groupCommands = (program: Command): void => {
  const order = Object.values(GROUPS).flat()
  for (const command of program.commands) {
    const group = Object.keys(GROUPS).find(name => GROUPS[name]?.includes(command.name()))
    command.helpGroup(group ?? ELSE)
  }
  program.configureHelp({
    visibleCommands: ({ commands }) => {
      const place = (command: Command): number => {
        const index = order.indexOf(command.name())
        return index < 0 ? order.length : index
      }
      return [...commands].sort((a, b) => place(a) - place(b))
    },
  })
}
