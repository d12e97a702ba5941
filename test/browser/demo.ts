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
  /** Ctrl-C; resolves with the exit code. */
  end(): Promise<number | null>
}

export interface DemoOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
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
export const startDemo = async ({ args = [], env = {}, folder = dataFolder() }: DemoOptions = {}): Promise<Demo> => {
  const child = spawn(process.execPath, [START, '--data', folder, ...args], {
    env: { ...process.env, PULSSI_PORT: '0', SHOP_PORT: '0', ...env },
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
  child.stderr.on('data', chunk => {
    printed += chunk
  })
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', chunk => {
      printed += chunk
      if (printed.includes('Ctrl-C')) resolve()
    })
    exited.then(code => reject(new Error(`the demo ended (${code}):\n${printed}`)))
  })
  const address = (name: string): string => {
    const found = new RegExp(`${name} +(http://\\S+)/`).exec(printed)?.[1]
    if (found === undefined) throw new Error(`no address of the ${name} in:\n${printed}`)
    return found
  }
  return { screenUrl: address('Screen'), shopUrl: address('Shop'), end }
}
