/** Exit codes of every command; `pulssi --help` prints this table. */
export const Exit = {
  ok: { code: 0, means: 'done' },
  failed: { code: 1, means: 'failed; the last line on stderr says why' },
  usage: { code: 2, means: 'wrong usage; see --help' },
  config: { code: 3, means: 'the configuration or the data folder can’t be used' },
  refused: { code: 4, means: 'no server there, or the key or token was refused' },
  rejected: { code: 5, means: 'finished, but some lines or events were rejected' },
} as const

export type ExitName = keyof typeof Exit

/** An error whose message is all that a user needs: what was wrong and what to do. */
export class CliError extends Error {
  readonly exit: ExitName
  constructor(exit: ExitName, message: string) {
    super(message)
    this.name = 'CliError'
    this.exit = exit
  }
}

export const exitTable = (): string =>
  ['Exit codes:', ...Object.values(Exit).map(({ code, means }) => `  ${code}  ${means}`)].join('\n')
