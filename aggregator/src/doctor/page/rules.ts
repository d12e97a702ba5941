import { type Finding, fail, ok, warn } from '../finding.js'
import type { Tag } from './markup.js'
import { allowsConnection, allowsInline, allowsScript, type Policy, policiesOf, sandboxed } from './policy.js'
import type { Snippet } from './snippet.js'

const CHECK = 'policy'

/** The policies of a document: of its headers, then of its meta elements. */
export const policiesFor = (headers: Headers, tags: readonly Tag[]): { policy: Policy; at: number }[] => {
  const ofHeader = (name: string, isReportOnly: boolean): Policy[] =>
    policiesOf(headers.get(name) ?? '', `the header ${name}`, isReportOnly)
  const sent = [
    ...ofHeader('Content-Security-Policy', false),
    ...ofHeader('Content-Security-Policy-Report-Only', true),
  ].map(policy => ({ policy, at: 0 }))
  const metas = tags.filter(
    ({ name, attributes }) =>
      name === 'meta' && attributes.get('http-equiv')?.toLowerCase() === 'content-security-policy',
  )
  const written = metas.flatMap(({ attributes, at }) =>
    policiesOf(attributes.get('content') ?? '', 'a meta element').map(policy => ({ policy, at })),
  )
  return [...sent, ...written]
}

const denied = (policy: Policy, what: string, todo: string): Finding => {
  if (policy.isReportOnly) return warn(CHECK, `${policy.where} would not allow ${what}, once it is enforced`, todo)
  return fail(CHECK, `${policy.where} doesn't allow ${what}`, todo)
}

const scriptFindings = (policy: Policy, at: number, { files, inline }: Snippet, page: URL): Finding[] => {
  const findings: Finding[] = []
  for (const { tag, url } of files) {
    const signs = { nonce: tag.attributes.get('nonce'), integrity: tag.attributes.get('integrity') }
    if (tag.at < at || allowsScript(policy, url, page, signs)) continue
    const source = url.origin === page.origin ? "'self'" : url.origin
    findings.push(denied(policy, `the script ${url.href}`, `add ${source} to its script-src`))
  }
  for (const tag of inline) {
    if (tag.at < at || allowsInline(policy, tag.text, tag.attributes.get('nonce'))) continue
    const todo = 'put it into a file of your own, or give it the nonce of the policy'
    findings.push(denied(policy, 'the script in the page that uses the SDK', todo))
  }
  return findings
}

/** `socket` and `beacon`: where the SDK connects; null: not known. */
export const checkPolicies = (
  policies: readonly { policy: Policy; at: number }[],
  snippet: Snippet,
  page: URL,
  addresses: { readonly socket: URL; readonly beacon: URL } | null,
): Finding[] => {
  const findings: Finding[] = []
  for (const { policy, at } of policies) {
    const lack = sandboxed(policy)
    if (lack === 'scripts') findings.push(denied(policy, 'any script', 'add allow-scripts to its sandbox'))
    if (lack === 'origin')
      findings.push(
        denied(policy, 'an Origin, and keys hold for listed Origins', 'add allow-same-origin to its sandbox'),
      )
    findings.push(...scriptFindings(policy, at, snippet, page))
    if (addresses === null) continue
    const { socket, beacon } = addresses
    if (!allowsConnection(policy, socket, page))
      findings.push(
        denied(policy, `connections to ${socket.href}`, `add ${socket.protocol}//${socket.host} to its connect-src`),
      )
    if (!allowsConnection(policy, beacon, page)) {
      const message = `${policy.where} doesn't allow ${beacon.href}, where a page that goes sends its last events`
      findings.push(warn(CHECK, message, `add ${beacon.origin} to its connect-src`))
    }
  }
  if (findings.length > 0) return findings
  return [
    ok(
      CHECK,
      policies.length === 0 ? 'the page has no content security policy' : 'the content security policy allows it',
    ),
  ]
}
