import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type RollupOptions, rollup } from 'rollup'
import { expect, onTestFinished, test, vi } from 'vitest'

const BUILD = new URL('../build.mjs', import.meta.url)
const DIST = fileURLToPath(new URL('../dist/', import.meta.url))
const STUB_BYTES = 250

type Script = RollupOptions & { output: { file?: string } }

test('the same sources make the same bytes, whose hashes are written beside them and said', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-sdk-build-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const said = vi.spyOn(console, 'log').mockImplementation(() => {})
  onTestFinished(() => said.mockRestore())
  const { sdk } = (await import(BUILD.href)) as { sdk: Script[] }
  const scripts = sdk.filter(({ output }) => output.file?.endsWith('.min.js'))
  const files = scripts.map(({ output }) => basename(output.file ?? ''))
  const names = ['pulssi', 'keep', 'live', 'widget', 'auto', 'marks', 'stub']
  expect(files).toEqual(names.map(name => `${name}.min.js`))
  for (const [n, options] of scripts.entries()) {
    const bundle = await rollup(options)
    await bundle.write({ ...options.output, file: join(folder, files[n] ?? '') })
    await bundle.close()
  }
  expect(said).toHaveBeenCalledTimes(files.length)
  // The first time was the build that is there.
  const read = (target: 'first' | 'second', file: string) =>
    readFileSync(join(target === 'first' ? DIST : folder, file))
  const hashes = JSON.parse(read('second', 'integrity.json').toString()) as Record<string, string>
  expect(Object.keys(hashes)).toEqual(files)
  for (const file of files) {
    const bytes = read('first', file)
    expect(read('second', file).equals(bytes), file).toBe(true)
    const hash = `sha384-${createHash('sha384').update(bytes).digest('base64')}`
    expect(hashes[file], file).toBe(hash)
    expect(said).toHaveBeenCalledWith(`${file} ${hash}`)
  }
  expect(read('first', 'stub.min.js').length).toBeLessThanOrEqual(STUB_BYTES)
})

test('what is built belongs together', () => {
  const hashes = JSON.parse(readFileSync(join(DIST, 'integrity.json'), 'utf8')) as Record<string, string>
  for (const [file, hash] of Object.entries(hashes)) {
    expect(existsSync(join(DIST, file)), file).toBe(true)
    expect(hash, file).toBe(
      `sha384-${createHash('sha384')
        .update(readFileSync(join(DIST, file)))
        .digest('base64')}`,
    )
  }
})
