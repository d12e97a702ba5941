import { defineConfig } from 'vitest/config'

const source = { conditions: ['pulssi-source'] }

export default defineConfig({
  resolve: source,
  ssr: { resolve: source },
  test: {
    include: [
      '{protocol,sdk,aggregator,aggregator/screen}/src/**/*.test.ts',
      'examples/*/*.test.ts',
      'test/**/*.test.ts',
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
