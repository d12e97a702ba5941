/** What each tarball holds, and what its manifest says of it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PACKAGES, type Packed, packInto, root } from './pack.js'

const REPOSITORY = 'https://github.com/pulssi/pulssi'
/** Neither tests nor what only a build needs; nothing that somebody may have left lying about. */
const UNWANTED = /\.test\.|\/testing\/|tsbuildinfo|tsconfig|(^|\/)\.|node_modules|\.(log|tgz|pem|env)$/

interface Manifest {
  readonly version: string
  readonly exports: Record<string, string | Record<string, string>>
  readonly bin?: Record<string, string>
  readonly keywords: readonly string[]
  readonly sideEffects: false | readonly string[]
  readonly dependencies?: Record<string, string>
  readonly [field: string]: unknown
}

const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))

let folder = ''
let packed: Packed[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-tarballs-'))
  packed = await packInto(folder)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const pathsOf = (name: string): string[] =>
  packed.find(({ folder: one }) => one === name)?.files.map(({ path }) => path) ?? []

describe.each(PACKAGES)('the tarball of %s', name => {
  const manifest = manifestOf(name)

  test('has its licence, its README, and nothing that only the house needs', () => {
    const paths = pathsOf(name)
    expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']))
    expect(paths.filter(path => UNWANTED.test(path))).toEqual([])
    expect(readFileSync(join(root, name, 'LICENSE'), 'utf8')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'))
  })

  test('has every file that its manifest names, and types for every entry', () => {
    const paths = pathsOf(name)
    for (const [entry, target] of Object.entries(manifest.exports)) {
      const files = typeof target === 'string' ? [target] : Object.values(target)
      for (const file of files) expect(paths, `${entry} of ${name}`).toContain(file.replace('./', ''))
      if (!/\.\w+$/.test(entry)) expect(target, entry).toMatchObject({ types: expect.stringMatching(/\.d\.ts$/) })
    }
    for (const file of Object.values(manifest.bin ?? {})) expect(paths).toContain(file.replace('./', ''))
    for (const pattern of manifest.sideEffects || []) {
      const [start = '', end = ''] = pattern.replace('./', '').split('*')
      expect(paths.some(path => path.startsWith(start) && path.endsWith(end))).toBe(true)
    }
  })

  test('has the sources that its maps point to', () => {
    const paths = new Set(pathsOf(name))
    const maps = [...paths].filter(path => path.endsWith('.map'))
    const missing = maps.flatMap(map => {
      const { sources, sourcesContent } = JSON.parse(readFileSync(join(root, name, map), 'utf8'))
      if (sourcesContent) return []
      return (sources as string[])
        .map(source => join(map, '..', source))
        .filter(source => !paths.has(source) && !UNWANTED.test(source))
        .map(source => `${map} → ${source}`)
    })
    expect(missing).toEqual([])
  })

  test('says where it comes from and what it runs on', () => {
    expect(manifest).toMatchObject({
      license: 'Apache-2.0',
      type: 'module',
      homepage: `${REPOSITORY}#readme`,
      repository: { type: 'git', url: `git+${REPOSITORY}.git`, directory: name },
      engines: { node: '>=20.19' },
      publishConfig: { access: 'public', provenance: true },
    })
    expect(manifest.keywords.length).toBeGreaterThan(3)
  })

  test('has one version, the same for all, in the manifests and in what the programs say', () => {
    const { version } = manifestOf('.')
    expect(manifest.version).toBe(version)
    const ours = Object.entries(manifest.dependencies ?? {}).filter(([dependency]) => dependency.startsWith('@pulssi/'))
    for (const [dependency, wanted] of ours) expect(wanted, dependency).toBe(version)
    for (const file of ['aggregator/src/version.ts', 'sdk/src/version.ts']) {
      expect(readFileSync(join(root, file), 'utf8')).toContain(`export const VERSION = '${version}'`)
    }
  })
})
