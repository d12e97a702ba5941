// Finds programs: on the PATH, or by the path of their file.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export const executable = file => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Its path; undefined: there is none. */
export const onPath = name =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map(folder => join(folder, name))
    .find(executable)
