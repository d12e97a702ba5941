// Finds a Chromium for the browser tests: named by CHROMIUM_PATH, on the PATH, or installed from Debian's packages.
import { spawnSync } from 'node:child_process'
import { onPath } from './on-path.mjs'
import { step } from './steps.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

const find = () => process.env.CHROMIUM_PATH ?? NAMES.map(onPath).find(Boolean)

export function chromium() {
  const found = find()
  if (found) return found
  const canInstall = onPath('apt-get') && process.getuid?.() === 0
  if (canInstall) {
    step('package lists', 'apt-get', ['update', '-qq'])
    spawnSync('apt-get', ['install', '-y', '-qq', 'chromium'], {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
    const installed = find()
    if (installed) return installed
  }
  console.error('The browser tests need a Chromium: install one, or name it with CHROMIUM_PATH.')
  process.exit(1)
}
