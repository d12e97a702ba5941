/** The installed `pulssi serve`, on a free port, with its data in the consumer's folder. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Journey } from '@pulssi/protocol/client'
import type { Consumer } from './consumer.js'
import { plainEnv } from './pack.js'
import { saidBy } from './said.js'

export interface Served {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** Asks it to end; resolves with its exit code. */
  end(): Promise<number | null>
}

const LISTENING = /listening on (http:\/\/\S+)/

export const serve = async ({ folder, pulssi }: Consumer, ...args: readonly string[]): Promise<Served> => {
  const options = ['serve', '--port', '0', '--data', 'data', '--log-level', 'error', ...args]
  const child = spawn(pulssi, options, { cwd: folder, env: plainEnv(), stdio: ['ignore', 'pipe', 'inherit'] })
  const url = LISTENING.exec(await saidBy(child, LISTENING))?.[1] ?? ''
  const end = async (): Promise<number | null> => {
    if (child.exitCode !== null) return child.exitCode
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    const [code] = await exited
    return code as number | null
  }
  return { url, end }
}

/** Visits entered by touchpoint. */
export const journeyAt = async ({ url }: Pick<Served, 'url'>): Promise<ReadonlyMap<string, number>> => {
  const { pulses } = (await (await fetch(`${url}/v1/journey?window=total`)).json()) as Journey
  return new Map(pulses.map(({ touchpoint, visits }) => [touchpoint, visits.entered]))
}
