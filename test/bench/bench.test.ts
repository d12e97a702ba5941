import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'

const script = fileURLToPath(new URL('run.mjs', import.meta.url))
const bench = (...args: string[]) => promisify(execFile)(process.execPath, [script, ...args])

describe('npm run bench', () => {
  test('prints a table, and writes a line for each target that it measured', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pulssi-bench-test-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const file = join(folder, 'bench.json')
    const { stdout, stderr } = await bench('--quick', '--only', 'engine,codec', '--json', file)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^name +value +unit +target +met/m)
    expect(stdout).toMatch(/^codec, guard +[\d.,]+ +ns\/event/m)

    const report: Record<string, unknown> = JSON.parse(readFileSync(file, 'utf8'))
    expect(Object.keys(report)).toEqual([
      'engine, batches of 20, 10 touchpoints',
      'engine, batches of 20, 200 touchpoints',
      'engine, batches of 20, 2,000 touchpoints',
      'engine, a random visitor',
    ])
    for (const line of Object.values(report)) {
      expect(line).toEqual({
        value: expect.any(Number),
        unit: expect.any(String),
        target: expect.any(Number),
        met: expect.any(Boolean),
      })
      expect((line as { value: number }).value).toBeGreaterThan(0)
    }
  })

  test('somebody attacks, and others go on', async () => {
    const { stdout, stderr } = await bench('--quick', '--only', 'attack', '--attack-seconds', '1')
    expect(stderr).toBe('')
    for (const line of ['connections', 'pings, unread', 'http', 'worst p99 of the others', 'most memory']) {
      expect(stdout).toMatch(new RegExp(`^attack, ${line} +[\\d.,]+ +of `, 'm'))
    }
  })

  test('a cluster on a NATS of its own, and what its board takes', async () => {
    const { stdout } = await bench('--quick', '--only', 'board')
    expect(stdout).toMatch(/^nats board, 4 partitions, CPU +[\d.,]+ +% of a core/m)
    expect(stdout).toMatch(/^nats board, 4 partitions, Bus +[\d.,]+ +MB\/s/m)
  })

  test('says how it is used', async () => {
    const wrong = bench('--only', 'everything')
    await expect(wrong).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('Usage: npm run bench') })
  })
})
