import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import { BadArchive, checkArchive } from '../ops/index.js'
import { type AdminOptions, addWhere, ask } from './admin.js'
import { CliError, type ExitName } from './exits.js'
import { type Io, print } from './io.js'
import { onStopped } from './stopped.js'

/** Writes the bytes, checks that they are a whole backup, and only then gives the file its name. Throws CliError. */
const keep = async (io: Io, chunks: AsyncIterable<Uint8Array>, file: string): Promise<void> => {
  const path = resolve(file)
  const unfinished = `${path}.${randomUUID()}.part`
  try {
    await pipeline(chunks, createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true }), {
      signal: io.signal,
    })
    const { createdAt, partitions } = await checkArchive(unfinished)
    const { size } = await stat(unfinished)
    await rename(unfinished, path)
    const folder = await open(dirname(path), 'r')
    await folder.sync().finally(() => folder.close())
    print(io, JSON.stringify({ file, sizeBytes: size, createdAt, partitions }))
  } catch (error) {
    await rm(unfinished, { force: true })
    if (io.signal.aborted) throw new CliError('failed', 'stopped before the end; nothing was kept')
    const { code, message } = error as NodeJS.ErrnoException
    const isCut = error instanceof BadArchive || (error as Error).message === 'terminated'
    if (isCut) throw new CliError('failed', 'the backup was cut off; the log of the server says why')
    throw code === 'ENOENT' ? new CliError('usage', `there is no folder for ${file}: ${message}`) : error
  }
}

const backup = async (io: Io, file: string, options: AdminOptions): Promise<void> => {
  const { data } = options
  if (data !== undefined) {
    return onStopped(io, data, operations => keep(io, operations.backup(), file))
  }
  const { body } = await ask(io, options, '/v1/admin/backup', 'POST')
  if (body === null) throw new CliError('failed', `${options.url} sent no backup`)
  await keep(io, body as unknown as AsyncIterable<Uint8Array>, file)
}

export const addBackup = (program: Command, io: Io, done: (exit: ExitName) => void): void => {
  const command = program
    .command('backup')
    .description('write everything a server keeps into one tar file, while it runs')
    .argument('<file>', 'the backup; one that is there is replaced once the new one is whole')
  addWhere(command, io).action(async (file: string, options: AdminOptions) => {
    await backup(io, file, options)
    done('ok')
  })
}
