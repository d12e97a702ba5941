import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { isInternal } from '../alerts/index.js'
import { type Config, type Hook, hookKey } from '../config/index.js'
import { codeOf, type Finding, fail, ok, reasonOf, warn } from './finding.js'

const CHECK = 'hooks'
/** Longest wait for the addresses of a name. */
const LOOKUP_MS = 3_000
/** The least that Standard Webhooks wants of a secret; some receivers refuse less. */
const STANDARD_BYTES = 24

/** Resolves with the addresses of a name. */
export type Resolve = (name: string) => Promise<readonly string[]>

const bySystem: Resolve = async name => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('no answer'), { code: 'ETIMEOUT' })), LOOKUP_MS)
  })
  try {
    return (await Promise.race([lookup(name, { all: true }), late])).map(({ address }) => address)
  } finally {
    clearTimeout(timer)
  }
}

type Where =
  | { readonly is: 'public' | 'internal'; readonly isPlain: boolean }
  /** `why`: a sentence without the address, which may be a secret. */
  | { readonly is: 'unknown'; readonly why: string }
  | { readonly is: 'none' }

const whereIs = async ({ url: text }: Hook, resolve: Resolve): Promise<Where> => {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol)) return { is: 'none' }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  try {
    const addresses = isIP(host) === 0 ? await resolve(host) : [host]
    const is = addresses.length === 0 || addresses.some(isInternal) ? 'internal' : 'public'
    return { is, isPlain: url.protocol === 'http:' }
  } catch (error) {
    return { is: 'unknown', why: `its name could not be resolved: ${codeOf(error)}` }
  }
}

const addressFinding = (name: string, { allowInternal }: Hook, where: Where): Finding | null => {
  switch (where.is) {
    case 'none':
      return fail(CHECK, `${name} has no whole http or https address`, `correct hooks.${name}.url`)
    case 'unknown':
      return warn(
        CHECK,
        `${name}: ${where.why}`,
        `check the name in hooks.${name}.url, and the resolver of this machine`,
      )
    case 'internal': {
      if (allowInternal) return null
      const todo = `set hooks.${name}.allowInternal if that is meant, or give it a public address`
      return fail(CHECK, `${name} is never called: its address is not a public one`, todo)
    }
    case 'public': {
      if (where.isPlain) {
        const message = `${name} is called without TLS: whoever is on the way can read what it is told`
        return warn(CHECK, message, `give hooks.${name}.url as https`)
      }
      if (!allowInternal) return null
      const message = `${name} has a public address, but may lead to an internal one any time`
      return warn(CHECK, message, `take hooks.${name}.allowInternal out`)
    }
    default:
      return where satisfies never
  }
}

const secretFinding = (name: string, { format, secret }: Hook): Finding | null => {
  const key = `hooks.${name}.secret`
  if (secret === undefined) return null
  if (format !== 'standard')
    return warn(CHECK, `${name} has a secret, but ${format} takes no signature`, `take ${key} out`)
  try {
    const sizeBytes = hookKey(secret).length
    if (sizeBytes >= STANDARD_BYTES) return null
    const message = `${name} has a secret of ${sizeBytes} bytes; some receivers refuse less than ${STANDARD_BYTES}`
    return warn(CHECK, message, `make one with: echo whsec_$(openssl rand -base64 32)`)
  } catch (error) {
    return fail(CHECK, `${name}: its secret ${reasonOf(error)}`, `correct ${key}`)
  }
}

const useFinding = (name: string, rules: Config['rules']): Finding | null =>
  rules.some(({ hook }) => hook === name)
    ? null
    : warn(CHECK, `${name} is told nothing: no rule names it`, `name it in a rule as "hook": "${name}", or take it out`)

/** Whether the hooks can be called, and should be so. Calls none of them: `pulssi hooks test` does. */
export const checkHooks = async (
  { hooks, rules }: Pick<Config, 'hooks' | 'rules'>,
  resolve: Resolve = bySystem,
): Promise<Finding[]> => {
  const all = await Promise.all(
    Object.entries(hooks).map(async ([name, hook]) => {
      const where = await whereIs(hook, resolve)
      const found = [addressFinding(name, hook, where), secretFinding(name, hook), useFinding(name, rules)]
      const findings = found.filter(finding => finding !== null)
      return findings.length > 0 ? findings : [ok(CHECK, `${name} can be called; pulssi hooks test ${name} tries it`)]
    }),
  )
  return all.flat()
}
