import { isLocal } from './configuration.js'
import { type Finding, fail, ok, reasonOf, warn } from './finding.js'

const ANSWER_MS = 5_000
const SKEW_WARN_MS = 2_000
const SKEW_FAIL_MS = 60_000
/** A Date header tells whole seconds. */
const HALF_SECOND_MS = 500
const UNAUTHORIZED = 401
const FORBIDDEN = 403

const ask = (url: URL, path: string, token: string | undefined): Promise<Response> => {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return fetch(new URL(path, url), { headers, signal: AbortSignal.timeout(ANSWER_MS), redirect: 'manual' })
}

/** `sentAt` and `heardAt`: around the answer that carried `date`; all ms since 1970. */
export const checkSkew = (date: string | null, sentAt: number, heardAt: number): Finding => {
  const at = Date.parse(date ?? '')
  if (Number.isNaN(at)) return ok('skew', 'the server does not tell its time')
  const skewMs = Math.abs(at + HALF_SECOND_MS - (sentAt + heardAt) / 2)
  const uncertainMs = HALF_SECOND_MS + (heardAt - sentAt) / 2
  const sureMs = Math.max(0, skewMs - uncertainMs)
  const todo = 'run chrony or ntpd on both machines'
  if (sureMs > SKEW_FAIL_MS)
    return fail('skew', `the server's clock is ${Math.round(skewMs / 1_000)} s off this one`, todo)
  if (sureMs > SKEW_WARN_MS)
    return warn('skew', `the server's clock is ${(skewMs / 1_000).toFixed(1)} s off this one`, todo)
  return ok('skew', "the server's clock and this one agree")
}

const checkReady = async (url: URL): Promise<Finding> => {
  const response = await ask(url, '/readyz', undefined)
  if (response.ok) return ok('ready', 'the server is ready')
  const body = (await response.json().catch(() => ({}))) as { reasons?: { message?: unknown }[] }
  const reasons = (body.reasons ?? []).map(({ message }) => String(message)).join('; ')
  return fail(
    'ready',
    `the server is not ready: ${reasons === '' ? `status ${response.status}` : reasons}`,
    'look into its log',
  )
}

const FORWARDS = /^pulssi_untrusted_forwards_total (\d+)$/m

export const checkForwards = (metrics: string): Finding => {
  const count = Number(FORWARDS.exec(metrics)?.[1] ?? 0)
  if (count === 0) return ok('proxy', 'no call came through a proxy that is not trusted')
  const todo = "name the proxy's address in server.trustProxy; until then all of its callers share one allowance"
  return warn('proxy', `${count} calls came with X-Forwarded-For, and their sender is not trusted`, todo)
}

const checkProxy = async (url: URL, token: string | undefined): Promise<Finding> => {
  const response = await ask(url, '/metrics', token)
  if (response.status === UNAUTHORIZED || response.status === FORBIDDEN) {
    return ok('proxy', 'not looked at: it needs --token, of the scope admin')
  }
  return checkForwards(await response.text())
}

/** A server that runs, as it is seen from here. */
export const checkRemote = async (url: URL, token: string | undefined): Promise<Finding[]> => {
  const findings: Finding[] = []
  if (url.protocol === 'http:' && !isLocal(url.hostname)) {
    findings.push(warn('tls', `${url.origin} is spoken to without TLS`, 'use https'))
  }
  const sentAt = Date.now()
  try {
    const alive = await ask(url, '/healthz', undefined)
    const heardAt = Date.now()
    if (!alive.ok) return [...findings, fail('server', `${url.origin} answers with ${alive.status}`, 'check --url')]
    findings.push(ok('server', `${url.origin} answers in ${heardAt - sentAt} ms`))
    findings.push(checkSkew(alive.headers.get('date'), sentAt, heardAt))
    findings.push(await checkReady(url), await checkProxy(url, token))
    return findings
  } catch (error) {
    const { cause } = error as { cause?: unknown }
    const why = reasonOf(cause ?? error)
    return [
      ...findings,
      fail('server', `${url.origin} can't be reached: ${why}`, 'check --url, and that pulssi serve runs there'),
    ]
  }
}
