/** The tarballs that would be published. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const PACKAGES = ['protocol', 'sdk', 'aggregator'] as const

export interface Packed {
  readonly folder: (typeof PACKAGES)[number]
  readonly name: string
  readonly filename: string
  readonly size: number
  readonly files: readonly { readonly path: string; readonly size: number }[]
}

/** A script's npm tells the npm that it starts which folder is meant: another one than ours. */
export const plainEnv = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')))

export const npm = async (folder: string, ...args: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)('npm', [...args], { cwd: folder, env: plainEnv(), maxBuffer: 1 << 26 })
  return stdout
}

/** Packs what the last build left into `folder`. */
export const packInto = (folder: string): Promise<Packed[]> =>
  Promise.all(
    PACKAGES.map(async name => {
      const told = await npm(`${root}${name}`, 'pack', '--json', '--pack-destination', folder)
      const [packed] = JSON.parse(told) as [Omit<Packed, 'folder'>]
      return { ...packed, folder: name }
    }),
  )
