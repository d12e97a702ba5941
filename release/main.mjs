/**
 * `npm run release -- VERSION [--dry-run]`: from a clean tree to three tarballs that are ready to publish. Tests, sets
 * the version wherever it stands, stamps the changelog, builds and packs, and says what remains: to commit, to tag, and
 * what the workflow of the tag then does. With --dry-run nothing is changed and no test is run.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { stamped } from './changelog.mjs'
import { compare, currentVersion, isVersion, versionFiles } from './versions.mjs'

const PUBLISHED = ['protocol', 'sdk', 'aggregator']
const root = fileURLToPath(new URL('..', import.meta.url))

const say = line => process.stdout.write(`${line}\n`)
const run = (command, ...args) => execFileSync(command, args, { cwd: root, stdio: 'inherit' })
const output = (command, ...args) => execFileSync(command, args, { cwd: root, encoding: 'utf8' })

const readArguments = () => {
  const { values, positionals } = parseArgs({
    options: { 'dry-run': { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const [version = '', ...rest] = positionals
  if (!isVersion(version) || rest.length > 0) throw new Error('usage: npm run release -- 1.2.3 [--dry-run]')
  const current = currentVersion(root)
  if (compare(version, current) < 0) throw new Error(`${version} is older than ${current}, which this is already`)
  return { version, dry: values['dry-run'] }
}

/** All files that a release changes, with their new texts. */
const changesFor = version => {
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8')
  const today = new Date().toISOString().slice(0, 10)
  return versionFiles(root, version).set('CHANGELOG.md', stamped(changelog, version, today))
}

const pack = (version, dry) => {
  const folder = join(root, 'tmp', `release-${version}`)
  if (!dry) mkdirSync(folder, { recursive: true })
  const where = dry ? ['--dry-run'] : ['--pack-destination', folder]
  for (const name of PUBLISHED) {
    const [packed] = JSON.parse(output('npm', 'pack', `./${name}`, '--json', '--silent', ...where))
    const kB = (packed.size / 1_000).toFixed(1)
    say(`${packed.name}@${version}: ${packed.files.length} files, ${kB} kB packed`)
    const target = dry ? name : relative(root, join(folder, packed.filename))
    say(`  npm publish ./${target} --provenance --access public`)
  }
}

const main = () => {
  const { version, dry } = readArguments()
  if (output('git', 'status', '--porcelain') !== '') throw new Error('the tree is not clean: commit or put away first')
  const changes = changesFor(version)
  if (dry) {
    say(`Would run the tests, then change ${[...changes.keys()].join(', ')}, build, and pack:`)
    pack(version, dry)
    return
  }
  run('npm', 'test')
  for (const [file, text] of changes) writeFileSync(join(root, file), text)
  run('npm', 'run', '--silent', 'build')
  say(`\nThe workflow of the tag publishes these, with a provenance statement of the build:`)
  pack(version, dry)
  say(`\nNow: git commit --all --message 'Release ${version}' && git tag v${version} && git push --follow-tags`)
}

try {
  main()
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
