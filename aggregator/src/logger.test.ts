import { expect, it } from 'vitest'
import { createLogger } from './logger.js'

const logged = (write: (logger: ReturnType<typeof createLogger>) => void): string => {
  const chunks: string[] = []
  write(createLogger('trace', { write: chunk => void chunks.push(chunk) }))
  return chunks.join('')
}

it('hides what should never have been logged', () => {
  const secrets = { visitor: 'planted', token: 'planted', request: { headers: { authorization: 'planted' } } }
  const text = logged(logger => logger.info({ ...secrets, deep: { one: { comment: 'planted' } }, port: 8700 }, 'x'))
  expect(text).not.toContain('planted')
  expect(JSON.parse(text)).toMatchObject({ port: 8700, visitor: '[redacted]' })
})

it('logs of an error what it is, and nothing that it carries', () => {
  const error = Object.assign(new TypeError('it failed'), {
    code: 'EPIPE',
    input: 'planted',
    body: { visitor: 'planted' },
  })
  const text = logged(logger => logger.error({ err: error }, 'x'))
  expect(text).not.toContain('planted')
  expect(JSON.parse(text).err).toMatchObject({ type: 'TypeError', code: 'EPIPE', message: 'it failed' })
})

it('logs nothing of what is thrown and is no error', () => {
  expect(logged(logger => logger.error({ err: 'planted' }, 'x'))).not.toContain('planted')
})
