// `npm run check`: format, lint, types, unused code, packages, sizes. What tidiness can't be told by a tool of its own
// stands in tidy.test.ts.
import { install } from './tools/install.mjs'
import { step } from './tools/steps.mjs'

install()
if (!process.argv.includes('--built')) step('types and build', 'npm', ['run', '--silent', 'build'])
step('format and lint', 'biome', ['ci', '--error-on-warnings', '.'])
step('unused code', 'knip', [])
for (const folder of ['protocol', 'sdk', 'aggregator']) step(`package ${folder}`, 'publint', ['--strict', folder])
step('sizes', 'size-limit', [])
if (!process.argv.includes('--built')) step('tidy', 'vitest', ['run', 'test/tidy.test.ts'])
