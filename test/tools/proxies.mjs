// Finds the proxies of the deployment's tests: named by NGINX_PATH and CADDY_PATH, on the PATH, kept from an earlier
// run, or unpacked from Debian's packages: not installed, for that would start a server. Run by itself, prints where
// they are, and fetches nothing.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { executable, onPath } from './on-path.mjs'
import { root, step } from './steps.mjs'

/** Where each package has its program. */
const PROXIES = {
  nginx: { variable: 'NGINX_PATH', inside: 'usr/sbin/nginx' },
  caddy: { variable: 'CADDY_PATH', inside: 'usr/bin/caddy' },
}
const cache = join(root, 'node_modules/.cache/proxies')

const find = name => {
  const { variable, inside } = PROXIES[name]
  return process.env[variable] ?? onPath(name) ?? [join(cache, name, inside)].find(executable)
}

const sentence = name =>
  `The tests of the deployment need ${name}: install it, or name it with ${PROXIES[name].variable}.`

const unpack = name => {
  const folder = join(cache, name)
  mkdirSync(folder, { recursive: true })
  const download = () => spawnSync('apt-get', ['download', '-qq', name], { cwd: folder, stdio: 'inherit' }).status === 0
  if (!download() && process.getuid?.() === 0) {
    step('package lists', 'apt-get', ['update', '-qq'])
    download()
  }
  for (const file of readdirSync(folder).filter(one => one.endsWith('.deb'))) {
    spawnSync('dpkg', ['-x', file, '.'], { cwd: folder, stdio: 'inherit' })
    rmSync(join(folder, file))
  }
}

/** The variables that tell the tests where they are. */
export function proxies() {
  const env = {}
  for (const [name, { variable }] of Object.entries(PROXIES)) {
    if (!find(name) && onPath('apt-get') && onPath('dpkg')) {
      console.log(`\n▸ ${name}`)
      unpack(name)
    }
    const found = find(name)
    if (!found) {
      console.error(sentence(name))
      process.exit(1)
    }
    env[variable] = found
  }
  return env
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const name of Object.keys(PROXIES)) {
    const found = find(name)
    if (found) console.log(found)
    else {
      console.error(`${sentence(name)} \`npm test\` does it too.`)
      process.exitCode = 1
    }
  }
}
