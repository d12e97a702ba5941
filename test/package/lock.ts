/** The lock file of a folder that installs the tarballs: third-party packages as this repository's own lock has them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PACKAGES, type Packed, root } from './pack.js'

interface Entry {
  readonly version: string
  readonly dependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
}

type Entries = Record<string, Entry>

const FIELDS = ['version', 'license', 'dependencies', 'bin', 'engines', 'peerDependencies', 'peerDependenciesMeta']

/** Where Node finds `name` from the package at `from`: the nearest node_modules on the way up. */
const found = (entries: Entries, from: string, name: string): string | undefined => {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const key = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`
    if (entries[key] !== undefined) return key
    if (at === '') return undefined
    if (!at.includes('/node_modules/')) at = ''
  }
}

const isOurs = (name: string): boolean => PACKAGES.some(folder => name === `@pulssi/${folder}`)

/** Adds to `taken` what the package at `key` needs, and what that needs. */
const follow = (entries: Entries, key: string, taken: Set<string>): void => {
  const { dependencies = {}, optionalDependencies = {} } = entries[key] ?? {}
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    if (isOurs(name)) continue
    const place = found(entries, key, name)
    if (place === undefined && name in dependencies && !(name in optionalDependencies)) {
      throw new Error(`package-lock.json has no ${name}, which ${key} needs`)
    }
    if (place === undefined || taken.has(place)) continue
    taken.add(place)
    follow(entries, place, taken)
  }
}

const manifestOf = (folder: string): Entry & Record<string, unknown> =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))

export const lockFor = (manifest: object, packed: readonly Packed[]): object => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Entries }
  const taken = new Set<string>()
  const entries: Record<string, object> = { '': manifest }
  for (const { folder, name, filename } of packed) {
    const own = manifestOf(folder)
    // Not the lock's entry: a dependency that somebody forgot to install must show here.
    follow({ ...packages, [folder]: own }, folder, taken)
    const kept = FIELDS.filter(field => own[field] !== undefined).map(field => [field, own[field]])
    entries[`node_modules/${name}`] = { ...Object.fromEntries(kept), resolved: `file:${filename}` }
  }
  for (const key of [...taken].sort()) {
    const { dev: _, peer: __, ...entry } = packages[key] as Entry & { dev?: boolean; peer?: boolean }
    entries[key.replace(/^(\w+)\/node_modules\//, 'node_modules/@pulssi/$1/node_modules/')] = entry
  }
  return { lockfileVersion: 3, requires: true, packages: entries }
}
