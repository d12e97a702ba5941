import { execFile } from 'node:child_process'
import { freemem, totalmem } from 'node:os'
import { promisify } from 'node:util'
import type { Config } from '../config/index.js'
import { type Finding, fail, ok, sizeText, warn } from './finding.js'

const LEAST_NODE = [20, 19] as const
const LEAST_MEMORY_BYTES = 512 * 1024 * 1024
/** Files that a server has open beside its connections: log, store, libraries. */
const OWN_FILES = 256
const SHELL_MS = 5_000
const JUMP_SAMPLES = 20
const SAMPLE_MS = 25
/** Least difference of two clocks that no scheduling explains. */
const JUMP_MS = 20

export const checkNode = (version: string): Finding => {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  const [leastMajor, leastMinor] = LEAST_NODE
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return ok('node', `Node ${version}`)
  return fail('node', `Node ${version} is too old`, `install Node ${leastMajor}.${leastMinor} or newer`)
}

export const checkMemory = (availableBytes: number, totalBytes: number): Finding => {
  const text = `${sizeText(availableBytes)} of ${sizeText(totalBytes)} memory free`
  if (availableBytes >= LEAST_MEMORY_BYTES) return ok('memory', text)
  return warn(
    'memory',
    text,
    `leave at least ${sizeText(LEAST_MEMORY_BYTES)} free; a million visitors take about 300 MB`,
  )
}

export const checkFiles = (limit: number | null, connections: number): Finding => {
  if (limit === null) return ok('files', 'this system does not say how many files a process may open')
  if (limit >= OWN_FILES + connections) return ok('files', `${limit} files may be open`)
  const todo = `raise it (ulimit -n, LimitNOFILE=), or set server.limits.connections to ${Math.max(1, limit - OWN_FILES)}`
  return warn('files', `${limit} files may be open, and server.limits.connections is ${connections}`, todo)
}

/** null where the system can't say; Infinity for no limit. */
const openFiles = async (): Promise<number | null> => {
  try {
    const { stdout } = await promisify(execFile)('sh', ['-c', 'ulimit -n'], { timeout: SHELL_MS })
    return stdout.trim() === 'unlimited' ? Number.POSITIVE_INFINITY : Number(stdout)
  } catch {
    return null
  }
}

/** `differences`: of the wall clock to the steady one, ms, one after the other. */
export const checkJumps = (differences: readonly number[]): Finding => {
  const spread = Math.max(...differences) - Math.min(...differences)
  if (spread < JUMP_MS) return ok('clock', 'the clock runs evenly')
  return warn(
    'clock',
    `the clock jumped by ${Math.round(spread)} ms while it was watched`,
    'let chrony or ntpd slew it, not step it',
  )
}

const watchClock = async (): Promise<number[]> => {
  const differences: number[] = []
  for (let i = 0; i < JUMP_SAMPLES; i++) {
    differences.push(Date.now() - performance.now())
    await new Promise(resolve => setTimeout(resolve, SAMPLE_MS))
  }
  return differences
}

export const checkMachine = async (config: Config | null): Promise<Finding[]> => {
  const constrainedBytes = process.constrainedMemory() ?? 0
  const totalBytes = constrainedBytes > 0 ? Math.min(constrainedBytes, totalmem()) : totalmem()
  return [
    checkNode(process.version),
    checkMemory(Math.min(freemem(), totalBytes), totalBytes),
    checkFiles(await openFiles(), config?.server.limits.connections ?? 0),
    checkJumps(await watchClock()),
  ]
}
