import { expect, test } from 'vitest'
import { Closers } from './closers.js'

test('what was opened last closes first, once, whatever fails in between', async () => {
  const closed: string[] = []
  const closers = new Closers()
  closers.add(() => void closed.push('folder'))
  closers.add(() => Promise.reject(new Error('stuck')))
  closers.add(async () => void closed.push('door'))
  await expect(closers.close()).rejects.toThrow('stuck')
  await expect(closers.close()).rejects.toThrow('stuck')
  expect(closed).toEqual(['door', 'folder'])
})
