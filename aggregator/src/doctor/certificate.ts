import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Config } from '../config/index.js'
import { type Finding, fail, ok, reasonOf, warn } from './finding.js'

const CHECK = 'tls'
const DAY_MS = 86_400_000
/** Days before its end at which whoever renews a certificate by hand should know. */
const WARN_DAYS = 14

/** `now`: ms since 1970. */
export const checkCertificate = ({ cert, key }: NonNullable<Config['server']['tls']>, now: number): Finding => {
  try {
    const certificate = new X509Certificate(readFileSync(cert))
    if (!certificate.checkPrivateKey(createPrivateKey(readFileSync(key)))) {
      return fail(CHECK, `${key} is not the key of ${cert}`, 'set server.tls.key to the key that it was made with')
    }
    const days = Math.floor((Date.parse(certificate.validTo) - now) / DAY_MS)
    if (days < 0) return fail(CHECK, `the certificate ended ${-days} days ago`, 'renew it, then send the server SIGHUP')
    if (Date.parse(certificate.validFrom) > now) {
      return fail(
        CHECK,
        `the certificate only begins on ${certificate.validFrom}`,
        'check the clock, or take another one',
      )
    }
    if (days < WARN_DAYS)
      return warn(CHECK, `the certificate ends in ${days} days`, 'renew it, then send the server SIGHUP')
    return ok(CHECK, `the certificate holds for ${days} days`)
  } catch (error) {
    return fail(
      CHECK,
      `the certificate or its key can't be used: ${reasonOf(error)}`,
      'check server.tls: paths of PEM files',
    )
  }
}
