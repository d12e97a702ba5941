// `npm run check`: format, lint, types, unused code, packages, sizes. What tidiness can't be told by a tool of its own
// stands in tidy.test.ts.
import { readFileSync } from 'node:fs'
import { install } from './tools/install.mjs'
import { step } from './tools/steps.mjs'

/** Entries with the ending of a file are for script tags: they have no types. */
const withoutFiles = folder => {
  const { exports } = JSON.parse(readFileSync(new URL(`../${folder}/package.json`, import.meta.url), 'utf8'))
  const files = Object.keys(exports).filter(entry => /\.\w+$/.test(entry))
  return files.length > 0 ? ['--exclude-entrypoints', ...files] : []
}

install()
if (!process.argv.includes('--built')) step('types and build', 'npm', ['run', '--silent', 'build'])
step('format and lint', 'biome', ['ci', '--error-on-warnings', '.'])
step('unused code', 'knip', [])
for (const folder of ['protocol', 'sdk', 'aggregator']) {
  step(`package ${folder}`, 'publint', ['--strict', folder])
  step(`types of ${folder}`, 'attw', ['--pack', folder, '--profile', 'esm-only', '--quiet', ...withoutFiles(folder)])
}
step('sizes', 'size-limit', [])
if (!process.argv.includes('--built')) step('tidy', 'vitest', ['run', 'test/tidy.test.ts'])
