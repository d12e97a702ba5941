import { VISITOR } from '@pulssi/protocol'
import type { Command } from 'commander'
import { type AdminOptions, addWhere, ask } from './admin.js'
import { CliError, type ExitName } from './exits.js'
import { type Io, print } from './io.js'
import { onStopped } from './stopped.js'

interface SubjectOptions extends AdminOptions {
  readonly export?: true
  readonly erase?: true
}

const pathOf = (visitor: string): string => {
  // An address with these leads elsewhere, however they are written.
  if (visitor !== '.' && visitor !== '..') return `/v1/subjects/${visitor}`
  throw new CliError('usage', `"${visitor}" can't be named to a running server: stop it and use --data`)
}

const subject = async (io: Io, visitor: string, options: SubjectOptions): Promise<void> => {
  const { data, export: isExport, erase } = options
  if ((isExport === true) === (erase === true)) throw new CliError('usage', 'say either --export or --erase')
  if (!VISITOR.test(visitor)) throw new CliError('usage', 'a visitor is 1 to 64 of A-Z a-z 0-9 _ . -')
  if (data === undefined) {
    const response = await ask(io, options, pathOf(visitor), erase === true ? 'DELETE' : 'GET')
    return print(io, (await response.text()).trimEnd())
  }
  const told = await onStopped(io, data, async operations => {
    if (erase !== true) return operations.exportSubject(visitor)
    await operations.eraseSubject(visitor)
    return { erased: true }
  })
  print(io, JSON.stringify(told))
}

export const addSubject = (program: Command, io: Io, done: (exit: ExitName) => void): void => {
  const command = program
    .command('subject')
    .description('what is known about one visitor: print it as JSON, or erase it')
    .argument('<visitor>', 'its id')
    .option('--export', 'print all that is known')
    .option('--erase', 'forget it; pulssi compact then takes it out of the bytes on the disk')
  addWhere(command, io).action(async (visitor: string, options: SubjectOptions) => {
    await subject(io, visitor, options)
    done('ok')
  })
}
