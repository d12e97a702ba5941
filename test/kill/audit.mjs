/** Runs the auditor as a process of its own. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const AUDITOR = fileURLToPath(new URL('auditor.mjs', import.meta.url))

/** Resolves with what it said; `held`: nothing differs. Arguments as its own. */
export const audit = (folder, url, token, mapFile) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [AUDITOR, folder, url, token, mapFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', chunk => {
      output += chunk
    })
    child.on('close', code => {
      try {
        resolve({ ...JSON.parse(output), held: code === 0 })
      } catch {
        reject(new Error(`the auditor ended with code ${code}: ${output}`))
      }
    })
  })
