/** All guards, read from the files beside this one, one for each room of the house. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FOLDER = new URL('./', import.meta.url)

/**
 * `name`: what is guarded. `input`: the bad input or fault against which. `file`, `old`, `new`: the place, which stands
 * there once, and what takes the guard out. `test`, `title`: the test that must then fail, by a part of its name.
 * `built`: the test runs the build.
 */
export const readGuards = () =>
  readdirSync(fileURLToPath(FOLDER))
    .filter(name => name.endsWith('.json'))
    .sort()
    .flatMap(name => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')))
