/** The release script on a clone of its own: nothing here is changed by it. */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { releasesIn, stamped, unreleasedIn } from '../../release/changelog.mjs'
import { compare, isVersion, versionFiles } from '../../release/versions.mjs'
import { PACKAGES, plainEnv, root } from './pack.js'

const COPIED = [
  ...['package.json', 'package-lock.json', 'CHANGELOG.md', '.npmrc', '.gitignore', 'release', 'examples/package.json'],
  ...['aggregator/src/version.ts', 'sdk/src/version.ts'],
  ...PACKAGES.flatMap(name => [`${name}/package.json`, `${name}/LICENSE`, `${name}/README.md`]),
]
const NEXT = '99.0.1'

let folder = ''
const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.example', ...args], { cwd: folder, encoding: 'utf8' })
const release = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, ['release/main.mjs', ...args], { cwd: folder, encoding: 'utf8', env: plainEnv() })
const read = (file: string): string => readFileSync(join(folder, file), 'utf8')

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-release-'))
  for (const file of COPIED) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(root, file), join(folder, file), { recursive: true })
  }
  writeFileSync(
    join(folder, 'CHANGELOG.md'),
    '# Changelog\n\n## [Unreleased]\n\n- new\n\n## [0.0.1] - 2020-01-01\n\n- old\n',
  )
  git('init', '--quiet')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'all')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('npm run release', () => {
  test('a dry run says what it would do, and changes nothing', () => {
    const { stdout, stderr, status } = release(NEXT, '--dry-run')
    expect(stderr).toBe('')
    expect(status).toBe(0)
    for (const name of PACKAGES) expect(stdout).toContain(`npm publish ./${name} --provenance --access public`)
    expect(stdout).toContain(`@pulssi/sdk@${NEXT}`)
    expect(git('status', '--porcelain', '--ignored')).toBe('')
  })

  test.each([
    ['no version', []],
    ['a version that is none', ['next']],
    ['an older one', ['0.0.2', '--dry-run']],
    ['one with a zero in front', ['01.2.3']],
    ['a shell in it', ['1.0.0; true']],
  ])('refuses %s', (_, args) => {
    const { status, stderr } = release(...args)
    expect(status).toBe(1)
    expect(stderr).toMatch(/usage|is older than/)
  })

  test('refuses a tree that is not clean', () => {
    const file = join(folder, 'left-behind')
    writeFileSync(file, '')
    const { status, stderr } = release(NEXT, '--dry-run')
    rmSync(file)
    expect(status).toBe(1)
    expect(stderr).toContain('the tree is not clean')
  })
})

describe('the version', () => {
  test('is set in every manifest, in the lock, and in what the programs say', () => {
    const files = versionFiles(folder, NEXT)
    for (const name of ['', ...PACKAGES, 'examples']) {
      const manifest = JSON.parse(files.get(join(name, 'package.json')) ?? '')
      expect(manifest.version).toBe(NEXT)
      const dependencies = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
      for (const [dependency, wanted] of dependencies) {
        if (dependency.startsWith('@pulssi/')) expect(wanted, dependency).toBe(NEXT)
        else expect(wanted, dependency).not.toBe(NEXT)
      }
    }
    const lock = JSON.parse(files.get('package-lock.json') ?? '')
    expect(lock.version).toBe(NEXT)
    for (const name of ['', ...PACKAGES]) expect(lock.packages[name].version).toBe(NEXT)
    for (const file of ['sdk/src/version.ts', 'aggregator/src/version.ts']) {
      expect(files.get(file)).toContain(`VERSION = '${NEXT}'`)
    }
  })

  test('today’s is written just as the files have it', () => {
    const { version } = JSON.parse(read('package.json'))
    for (const [file, text] of versionFiles(folder, version)) {
      expect(file.endsWith('.json') ? JSON.parse(text) : text, file).toEqual(
        file.endsWith('.json') ? JSON.parse(read(file)) : read(file),
      )
    }
  })

  test('is compared number by number', () => {
    expect(compare('0.10.0', '0.9.9')).toBeGreaterThan(0)
    expect(compare('1.0.0', '1.0.0')).toBe(0)
    expect(compare('1.2.3', '2.0.0')).toBeLessThan(0)
    expect(['1.2.3', '0.0.0'].every(isVersion)).toBe(true)
    expect(['1.2', 'v1.2.3', '1.2.3-beta', '1.2.3\n'].some(isVersion)).toBe(false)
  })
})

describe('the changelog', () => {
  test('gets the version and the day over what was unreleased', () => {
    const text = stamped(read('CHANGELOG.md'), NEXT, '2030-02-03')
    expect(text).toBe(
      `# Changelog\n\n## [Unreleased]\n\n## [${NEXT}] - 2030-02-03\n\n- new\n\n## [0.0.1] - 2020-01-01\n\n- old\n`,
    )
    expect(unreleasedIn(text)).toBe('')
    expect(releasesIn(text)).toEqual([NEXT, '0.0.1'])
  })

  test('of a version that is in it already, or with nothing new, is refused', () => {
    const text = read('CHANGELOG.md')
    expect(() => stamped(text, '0.0.1', '2030-02-03')).toThrow('0.0.1 already')
    expect(() => stamped(stamped(text, NEXT, '2030-02-03'), '99.0.2', '2030-02-03')).toThrow('say what is new')
    expect(() => stamped('# Changelog\n', NEXT, '2030-02-03')).toThrow('no heading')
  })

  test('of this house says something, and nothing of a version above its own', () => {
    const text = readFileSync(join(root, 'CHANGELOG.md'), 'utf8')
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    for (const one of releasesIn(text)) expect(compare(one, version)).toBeLessThanOrEqual(0)
    expect(unreleasedIn(text) !== '' || releasesIn(text)[0] === version).toBe(true)
  })
})

describe('workflows', () => {
  const workflow = (name: string): string => readFileSync(join(root, `.github/workflows/${name}.yml`), 'utf8')

  test('publish with provenance, after the tests, what the tag says', () => {
    const text = workflow('release')
    expect(text).toContain('id-token: write')
    expect(text).toContain('--provenance')
    expect(text.indexOf('npm test')).toBeLessThan(text.indexOf('npm publish'))
    for (const name of PACKAGES) expect(text).toMatch(new RegExp(`for folder in [^;]*\\b${name}\\b`))
    expect(text).toContain('GITHUB_REF_NAME')
  })

  test('of changes may read the tree alone, and use the oldest Node that the packages promise', () => {
    const text = workflow('ci')
    expect(text).toMatch(/^permissions:\n {2}contents: read\n\n/m)
    const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    expect(text).toContain(`node: [${engines.node.replace('>=', '')},`)
  })
})
