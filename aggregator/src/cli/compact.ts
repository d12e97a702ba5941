import type { Command } from 'commander'
import type { CompactReport } from '../ops/index.js'
import { type AdminOptions, addWhere, ask } from './admin.js'
import type { ExitName } from './exits.js'
import { type Io, print } from './io.js'
import { onStopped } from './stopped.js'

const compact = async (io: Io, options: AdminOptions): Promise<void> => {
  const { data } = options
  const report =
    data === undefined
      ? ((await (await ask(io, options, '/v1/admin/compact', 'POST')).json()) as CompactReport)
      : await onStopped(io, data, operations => operations.compact())
  print(io, JSON.stringify(report))
}

export const addCompact = (program: Command, io: Io, done: (exit: ExitName) => void): void => {
  const command = program
    .command('compact')
    .description('remove what was erased from the bytes on the disk too: log, images, small values')
  addWhere(command, io).action(async (options: AdminOptions) => {
    await compact(io, options)
    done('ok')
  })
}
