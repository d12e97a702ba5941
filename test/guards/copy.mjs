/** A copy of the tree to break things in. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PACKAGES = ['protocol', 'sdk', 'aggregator', 'examples']
const SCOPE = '@pulssi'

const linkAll = (from, to, except = []) => {
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(from)) {
    if (!except.includes(name)) symlinkSync(realpathSync(join(from, name)), join(to, name))
  }
}

/** Every file of the house and what was built of it. Installed packages are links, those of the house lead to the copy. */
export const copyTree = () => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-guards-'))
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT })
  const built = PACKAGES.map(name => `${name}/dist`)
  for (const file of [...listed.toString().split('\0'), ...built]) {
    if (file === '' || !existsSync(join(ROOT, file))) continue
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(ROOT, file), join(folder, file), { recursive: true, preserveTimestamps: true })
  }
  linkAll(join(ROOT, 'node_modules'), join(folder, 'node_modules'), [
    SCOPE,
    '.vite',
    '.vite-temp',
    '.package-lock.json',
  ])
  mkdirSync(join(folder, 'node_modules', SCOPE))
  for (const name of PACKAGES) {
    symlinkSync(join('..', '..', name), join(folder, 'node_modules', SCOPE, name))
    const own = join(ROOT, name, 'node_modules')
    if (existsSync(own)) linkAll(own, join(folder, name, 'node_modules'))
  }
  return folder
}

export const removeTree = folder => rmSync(folder, { recursive: true, force: true })
