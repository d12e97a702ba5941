// Where the version stands: in every manifest, in the lock file, and in what the programs say of themselves.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDERS = ['', 'protocol', 'sdk', 'aggregator', 'examples']
const SOURCES = ['sdk/src/version.ts', 'aggregator/src/version.ts']
const DEPENDENCIES = ['dependencies', 'devDependencies']

const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/

const numbersOf = version => VERSION.exec(version)?.slice(1).map(Number)

/** Whether `version` is one; positive, 0 or negative as `a` is above, equal to or below `b`. */
export const isVersion = version => VERSION.test(version)
export const compare = (a, b) => {
  const [left, right] = [numbersOf(a), numbersOf(b)]
  const at = left.findIndex((number, index) => number !== right[index])
  return at < 0 ? 0 : left[at] - right[at]
}

export const currentVersion = root => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version

const withVersion = (manifest, version) => {
  const changed = { ...manifest, version }
  for (const field of DEPENDENCIES) {
    if (manifest[field] === undefined) continue
    const entries = Object.entries(manifest[field])
    changed[field] = Object.fromEntries(
      entries.map(([name, wanted]) => [name, name.startsWith('@pulssi/') ? version : wanted]),
    )
  }
  return changed
}

const toText = value => `${JSON.stringify(value, null, 2)}\n`

/** Every file that names the version, with the text that it will have: path → text. */
export const versionFiles = (root, version) => {
  const read = file => readFileSync(join(root, file), 'utf8')
  const files = new Map()
  for (const folder of FOLDERS) {
    const file = join(folder, 'package.json')
    files.set(file, toText(withVersion(JSON.parse(read(file)), version)))
  }
  const lock = { ...JSON.parse(read('package-lock.json')), version }
  for (const folder of FOLDERS) lock.packages[folder] = withVersion(lock.packages[folder], version)
  files.set('package-lock.json', toText(lock))
  for (const file of SOURCES) {
    const text = read(file)
    const line = /^export const VERSION = '[^']*'$/m
    if (!line.test(text)) throw new Error(`${file} has no line that says its version`)
    files.set(file, text.replace(line, `export const VERSION = '${version}'`))
  }
  return files
}
