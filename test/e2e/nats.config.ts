import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { FILES_NOT_ON_NATS, TESTS_NOT_IN_CLUSTER, TESTS_NOT_ON_NATS } from './on-nats.js'

const source = { conditions: ['pulssi-source'] }
const files = readdirSync(fileURLToPath(new URL('.', import.meta.url))).filter(name => name.endsWith('.test.ts'))

const { PULSSI_E2E } = process.env
const inCluster = PULSSI_E2E === 'cluster' ? TESTS_NOT_IN_CLUSTER : {}
const left = Object.keys({ ...TESTS_NOT_ON_NATS, ...inCluster }).map(title =>
  title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
)

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  resolve: source,
  ssr: { resolve: source },
  test: {
    include: files
      .filter(name => FILES_NOT_ON_NATS[name.replace('.test.ts', '')] === undefined)
      .map(name => `test/e2e/${name}`),
    testNamePattern: new RegExp(`^(?!.*(${left.join('|')}))`),
    globalSetup: ['test/e2e/nats-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
