// Takes out of `dist` what was built from sources that are no longer there: it would be packed with the rest.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { root } from './steps.mjs'

const FOLDERS = ['protocol/dist', 'sdk/dist/tsc', 'aggregator/dist', 'examples/dist']

const isOrphan = map => {
  const { sources = [] } = JSON.parse(readFileSync(map, 'utf8'))
  return sources.length === 1 && !existsSync(resolve(dirname(map), sources[0]))
}

for (const folder of FOLDERS.map(name => join(root, name)).filter(existsSync)) {
  const maps = readdirSync(folder, { recursive: true }).filter(name => name.endsWith('.map'))
  for (const map of maps.map(name => join(folder, name)).filter(isOrphan)) {
    rmSync(map)
    rmSync(map.replace(/\.map$/, ''), { force: true })
  }
}
