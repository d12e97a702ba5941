import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { pino } from 'pino'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { Crew, type CrewOptions, LONGEST_RESTART_MS, pauseMs, RESTART_MS } from './crew.js'

const WAIT = { timeout: 20_000 }
const folder = mkdtempSync(join(tmpdir(), 'pulssi-crew-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const PROGRAMS = {
  stays: 'setInterval(() => {}, 1_000)',
  ends: 'process.exitCode = 1',
  'stays whatever it is told': `process.on('SIGTERM', () => {}); setInterval(() => {}, 1_000)
    ;(await import('node:fs')).writeFileSync(process.argv[2], '')`,
}

const crewOf = (size: number, program: keyof typeof PROGRAMS, more: Partial<CrewOptions> = {}): Crew => {
  const file = join(folder, `${program.replaceAll(' ', '-')}.mjs`)
  writeFileSync(file, PROGRAMS[program])
  const logger = pino({ level: 'silent' })
  const crew = new Crew({ size, program: file, args: [], env: {}, logger, steadyMs: () => performance.now(), ...more })
  onTestFinished(() => {
    for (const pid of crew.pids) process.kill(pid, 'SIGKILL')
  })
  return crew
}

const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('the pause before the next start', () => {
  it('grows from the shortest to the longest, and never beyond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), ends => {
        expect(pauseMs(ends)).toBeGreaterThanOrEqual(RESTART_MS)
        expect(pauseMs(ends + 1)).toBeGreaterThanOrEqual(pauseMs(ends))
        expect(pauseMs(ends)).toBeLessThanOrEqual(LONGEST_RESTART_MS)
      }),
    )
    expect([pauseMs(1), pauseMs(2), pauseMs(10_000)]).toEqual([RESTART_MS, 2 * RESTART_MS, LONGEST_RESTART_MS])
  })
})

describe('a crew', () => {
  it('starts one that was killed again, and leaves the others alone', async () => {
    const crew = crewOf(3, 'stays')
    const [first, second, third] = crew.pids
    process.kill(second ?? 0, 'SIGKILL')
    await vi.waitUntil(() => !crew.pids.includes(second ?? 0), WAIT)
    await vi.waitUntil(() => crew.pids.length === 3, WAIT)
    expect(crew.pids).toEqual(expect.arrayContaining([first, third]))
    await crew.close()
    expect(crew.pids).toEqual([])
    expect([first, second, third].map(pid => isThere(pid ?? 0))).toEqual([false, false, false])
  })

  it('lets those that end at once wait for longer each time', async () => {
    const ended: number[] = []
    const logger = pino({ level: 'error' }, { write: () => void ended.push(performance.now()) })
    const crew = crewOf(1, 'ends', { logger })
    await vi.waitUntil(() => ended.length === 3, WAIT)
    const [first = 0, second = 0, third = 0] = ended
    expect(second - first).toBeGreaterThanOrEqual(RESTART_MS)
    expect(third - second).toBeGreaterThanOrEqual(2 * RESTART_MS)
    await crew.close()
    expect(crew.pids).toEqual([])
  })

  it('kills those that don’t end when they are told to', async () => {
    const up = join(folder, 'up')
    const crew = crewOf(1, 'stays whatever it is told', { endMs: 50, args: [up] })
    const [pid = 0] = crew.pids
    await vi.waitUntil(() => existsSync(up), WAIT)
    await crew.close()
    expect(isThere(pid)).toBe(false)
  })
})
