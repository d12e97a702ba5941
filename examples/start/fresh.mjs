/**
 * Brings a checkout to where the demo can run: dependencies as the lock file names them, and a build that is no
 * older than its sources. Only Node's own modules: this runs before anything is installed.
 */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Folders and files that the build reads. */
const SOURCES = [
  'protocol',
  'sdk',
  'aggregator',
  'examples',
  'package-lock.json',
  'tsconfig.base.json',
  'rollup.config.mjs',
]
const NOT_SOURCES = new Set(['node_modules', 'dist', '.pulssi', '.pulssi-demo'])
/** What the demo starts or serves; the last one is what a build writes last. */
const OUTPUTS = [
  'aggregator/dist/cli/main.js',
  'sdk/dist/marks.min.js',
  'aggregator/dist/screen/screen.js',
  'aggregator/dist/demo/index.js',
]

/**
 * Compares what npm installed with the lock file by content, since a checkout gives the lock a new time even where
 * nothing changed. Packages for other platforms are optional and may be missing.
 */
export function isInstalled(root) {
  const installedFile = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installedFile)) return false
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    const found = installed[path]
    if (found === undefined) return entry.optional === true
    return found.version === entry.version && found.integrity === entry.integrity
  })
}

export function isBuilt(root) {
  if (!OUTPUTS.every(path => existsSync(join(root, path)))) return false
  const builtAt = statSync(join(root, OUTPUTS.at(-1))).mtimeMs
  return SOURCES.every(path => newestAt(join(root, path)) <= builtAt)
}

function newestAt(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  const entries = readdirSync(path, { withFileTypes: true })
  const read = entries.filter(entry => (entry.isDirectory() ? !NOT_SOURCES.has(entry.name) : isSource(entry.name)))
  return Math.max(0, ...read.map(entry => newestAt(join(path, entry.name))))
}

/** Tests are not built; a change there asks for no build. */
function isSource(name) {
  return /\.(tsx?|mjs|css|html|svg|js|json)$/.test(name) && !/\.test\.tsx?$/.test(name)
}

export async function prepare(root, say, signal) {
  if (!isInstalled(root)) {
    say('Installing the dependencies (npm ci), this takes a moment …')
    const windows = process.platform === 'win32'
    await run(windows ? 'npm.cmd' : 'npm', ['ci'], { cwd: root, signal, shell: windows })
  }
  if (!isBuilt(root)) {
    say('Building …')
    // What `npm run build` does, but for the tests: nothing here needs them.
    const bin = path => join(root, 'node_modules', path)
    await run(process.execPath, [bin('typescript/bin/tsc'), '-b', 'examples', 'aggregator/screen'], {
      cwd: root,
      signal,
    })
    await run(process.execPath, [bin('rollup/dist/bin/rollup'), '-c', '--silent'], { cwd: root, signal })
  }
}

/** Runs a command quietly and shows what it printed only when it fails. */
function run(command, args, options) {
  const line = `${command} ${args.join(' ')}`
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    const printed = []
    child.stdout.on('data', chunk => printed.push(chunk))
    child.stderr.on('data', chunk => printed.push(chunk))
    child.on('error', error => reject(new Error(`${line} could not be run: ${error.message}`)))
    child.on('close', code => {
      if (code === 0) return resolve()
      reject(new Error(`${line} failed (exit code ${code}):\n${Buffer.concat(printed).toString()}`))
    })
  })
}
