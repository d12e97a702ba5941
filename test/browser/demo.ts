import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const START = fileURLToPath(new URL('../../examples/start.mjs', import.meta.url))

export interface Demo {
  readonly screenUrl: string
  readonly shopUrl: string
  /** Resolves with the first line printed that this fits, now or later. */
  line(pattern: RegExp): Promise<string>
  /** Ctrl-C; resolves with the exit code. */
  end(): Promise<number | null>
}

export interface DemoOptions {
  readonly args?: readonly string[]
  readonly folder?: string
}

export const dataFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-demo-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const exitOf = (child: ChildProcess): Promise<number | null> =>
  new Promise(resolve => {
    child.once('close', resolve)
  })

/** What `npm start` runs, on free ports; ended with the test at the latest. Rejects with what it printed if it fails. */
export const startDemo = async ({ args = [], folder = dataFolder() }: DemoOptions = {}): Promise<Demo> => {
  const child = spawn(process.execPath, [START, '--port', '0', '--data', folder, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = exitOf(child)
  const end = async (): Promise<number | null> => {
    child.kill('SIGINT')
    return await exited
  }
  onTestFinished(async () => {
    await end()
  })
  let printed = ''
  const heard = (chunk: string): void => {
    printed += chunk
    child.emit('heard')
  }
  child.stdout.setEncoding('utf8').on('data', heard)
  child.stderr.setEncoding('utf8').on('data', heard)
  const line = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = printed.split('\n').find(each => pattern.test(each))
        if (found === undefined) return
        child.off('heard', look)
        resolve(found)
      }
      child.on('heard', look)
      look()
      exited.then(code => reject(new Error(`the demo ended (${code}):\n${printed}`)))
    })
  await line(/Ctrl-C/)
  const address = (name: string): string => {
    const found = new RegExp(`${name} +(http://\\S+)/`).exec(printed)?.[1]
    if (found === undefined) throw new Error(`no address of the ${name} in:\n${printed}`)
    return found
  }
  return { screenUrl: address('Screen'), shopUrl: address('Shop'), line, end }
}
