import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test('the part for browsers imports nothing but itself', () => {
  const folder = new URL('.', import.meta.url)
  const files = readdirSync(folder).filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  expect(files).toContain('codec.ts')
  for (const file of files) {
    const source = readFileSync(new URL(file, folder), 'utf8')
    const imported = [...source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g)].map(match => match[1] ?? '')
    for (const name of imported) {
      expect(name, file).toMatch(/^\.\/[a-z]+\.js$/)
      expect(files, file).toContain(name.slice(2).replace(/\.js$/, '.ts'))
    }
  }
})
