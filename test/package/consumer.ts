/** A folder of somebody else's: nothing of this repository is in it but the tarballs, installed by npm. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lockFor } from './lock.js'
import { npm, type Packed, packInto } from './pack.js'

export interface Consumer {
  readonly folder: string
  readonly packed: readonly Packed[]
  /** The command that npm has put there. */
  readonly pulssi: string
  write(file: string, text: string): string
  remove(): void
}

/** Offline where npm's cache has the packages of the lock, as it has after `npm ci`. */
const INSTALL = ['ci', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']

export const createConsumer = async (): Promise<Consumer> => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-consumer-'))
  const write = (file: string, text: string): string => {
    writeFileSync(join(folder, file), text)
    return join(folder, file)
  }
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const packed = await packInto(folder)
    const dependencies = Object.fromEntries(packed.map(({ name, filename }) => [name, `file:${filename}`]))
    const manifest = { name: 'consumer', version: '0.0.0', private: true, type: 'module', dependencies }
    write('package.json', JSON.stringify(manifest))
    write('package-lock.json', JSON.stringify(lockFor(manifest, packed)))
    await npm(folder, ...INSTALL)
    return { folder, packed, pulssi: join(folder, 'node_modules/.bin/pulssi'), write, remove }
  } catch (error) {
    remove()
    throw error
  }
}
