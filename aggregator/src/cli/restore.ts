import type { Command } from 'commander'
import { BadArchive, FolderInUse, restore } from '../ops/index.js'
import { CliError, type ExitName } from './exits.js'
import { type Io, print } from './io.js'

const restored = async (io: Io, file: string, data: string): Promise<void> => {
  try {
    const { createdAt, partitions } = await restore(file, data)
    print(io, JSON.stringify({ data, createdAt, partitions }))
  } catch (error) {
    if (error instanceof BadArchive) throw new CliError('failed', error.message)
    if (error instanceof FolderInUse) throw new CliError('config', error.message)
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new CliError('usage', `there is no file ${file}`) : error
  }
}

export const addRestore = (program: Command, io: Io, done: (exit: ExitName) => void): void => {
  program
    .command('restore')
    .description('make a data folder from a backup, once all of it is found whole')
    .argument('<file>', 'a backup')
    .requiredOption('--data <folder>', 'the folder to make; it must not be there yet, or be empty')
    .action(async (file: string, { data }: { data: string }) => {
      await restored(io, file, data)
      done('ok')
    })
}
