// Installs the packages of the lock file where they are missing or older than it.
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root, step } from './steps.mjs'

const lock = join(root, 'package-lock.json')
const installed = join(root, 'node_modules/.package-lock.json')

export function install() {
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return
  step('install', 'npm', ['ci'])
}
