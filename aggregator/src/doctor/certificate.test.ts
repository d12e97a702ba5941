import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { makeCertificate } from '../../../test/tools/certificate.js'
import { checkCertificate } from './certificate.js'

const DAY_MS = 86_400_000

const written = (cert: string, key: string): { cert: string; key: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-doctor-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  writeFileSync(files.cert, cert)
  writeFileSync(files.key, key)
  return files
}

it('tells when a certificate ends, has ended, or has not begun', () => {
  const { cert, key } = makeCertificate('a')
  const files = written(cert, key)
  const levels = [0, 2 * DAY_MS, -2 * DAY_MS, -30 * DAY_MS].map(ms => checkCertificate(files, Date.now() + ms).level)
  expect(levels).toEqual(['warn', 'fail', 'fail', 'fail'])
})

it('fails on the key of another certificate, and on files that are none', () => {
  const files = written(makeCertificate('a').cert, makeCertificate('b').key)
  expect(checkCertificate(files, Date.now()).message).toContain('is not the key of')
  expect(checkCertificate(written('x', 'y'), Date.now()).level).toBe('fail')
  expect(checkCertificate({ cert: '/not/there', key: '/not/there' }, Date.now()).level).toBe('fail')
})
