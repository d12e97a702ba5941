#!/usr/bin/env node
// Usage: node test/recount/compare.mjs FILE CONFIG
// Says window by window whether `pulssi replay FILE --config CONFIG --offline` equals the recount of the same file.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createGunzip } from 'node:zlib'
import { createViteServer } from 'vitest/node'

const WINDOWS = ['1m', '5m', '15m', '1h', '24h', 'total']
const OUTPUT_BYTES = 256 * 1024 * 1024

const root = fileURLToPath(new URL('../../', import.meta.url))
const [file, configFile] = process.argv.slice(2)
if (!file || !configFile) {
  console.error('Usage: node test/recount/compare.mjs FILE CONFIG')
  process.exit(2)
}

// The recount is TypeScript, which Node 20 doesn't read by itself.
const vite = await createViteServer({
  root,
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
  ssr: { noExternal: [/^@pulssi\//], resolve: { conditions: ['pulssi-source'] } },
})
const { difference, readConfig, readLine, Recount } = await vite.ssrLoadModule('/test/recount/index.ts')

const items = []
const input = createReadStream(file)
const lines = createInterface({ input: file.endsWith('.gz') ? input.pipe(createGunzip()) : input, crlfDelay: Infinity })
for await (const line of lines) if (line.trim() !== '') items.push(readLine(line))

const startedAt = Date.now()
const recount = new Recount(items, { config: readConfig(readFileSync(configFile, 'utf8')), dataClock: true })
const expected = WINDOWS.map(window => recount.journey(window))
console.log(`recounted ${items.length} lines in ${Date.now() - startedAt} ms`)

let failed = 0
WINDOWS.forEach((window, i) => {
  const args = ['replay', file, '--config', configFile, '--offline', '--window', window]
  const main = fileURLToPath(new URL('../../aggregator/dist/cli/main.js', import.meta.url))
  const output = execFileSync(process.execPath, [main, ...args], { maxBuffer: OUTPUT_BYTES })
  const found = difference(expected[i], JSON.parse(output.toString()))
  const sha = createHash('sha256').update(output).digest('hex').slice(0, 12)
  if (found) failed++
  const verdict = found
    ? `differs at ${found.path}: recount ${JSON.stringify(found.expected)}, engine ${JSON.stringify(found.actual)}`
    : 'equal'
  console.log(`${window.padEnd(6)} sha-256 ${sha}  ${verdict}`)
})
await vite.close()
process.exit(failed === 0 ? 0 : 1)
