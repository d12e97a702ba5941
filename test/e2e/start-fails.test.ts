/** A start that fails half-way leaves nothing behind that keeps the process alive or the folder locked. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { dataDir, serve } from './harness.js'

const HALF_WAY = fileURLToPath(new URL('./half-way.mjs', import.meta.url))
const ENDS_MS = 30_000

test('what was opened before the failure is closed', async () => {
  const folder = dataDir()
  const { stdout } = await promisify(execFile)(process.execPath, [HALF_WAY, folder], { timeout: ENDS_MS })
  expect(stdout).toBe('the disk is gone\n')
  await serve({}, folder)
})
