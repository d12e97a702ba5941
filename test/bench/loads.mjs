/** `pulssi load` as a process of its own, and what the system says of the server meanwhile. */
import { execFile } from 'node:child_process'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const MAIN = fileURLToPath(new URL('../../aggregator/dist/cli/main.js', import.meta.url))

/** Resolves with the figures. Rejects unless every event was acknowledged. */
export const load = async ({ http }, ...args) => {
  const command = ['load', '--json', '--url', http, ...args.map(String)]
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...command])
  return JSON.parse(stdout)
}

/** Resident memory of a process (Linux). */
export const rssBytes = pid =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024

/** Replays a file; rejects unless every line was accepted. */
export const replay = ({ http }, file) =>
  promisify(execFile)(process.execPath, [MAIN, 'replay', file, '--url', http, '--connections', '4'])

/** Bytes of all files below whose names fit. */
export const folderBytes = (folder, name = /./) =>
  readdirSync(folder, { recursive: true })
    .filter(path => name.test(path))
    .map(path => lstatSync(join(folder, path)))
    .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0)
