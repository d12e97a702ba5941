import { type Tag, tagsOf } from './markup.js'

/** How a page says where its events go and by which key. */
export interface Wiring {
  /** As the page has it; null: none is given, or only a script that was not read knows. */
  readonly url: string | null
  readonly key: string | null
  /** The element that says so; null: it was given on the command line. */
  readonly tag: Tag | null
}

/** What was found of Pulssi in a page's own markup. */
export interface Snippet {
  /** Against this addresses are resolved. */
  readonly base: URL
  /** The script elements that load the SDK's files, in order. */
  readonly files: readonly { readonly tag: Tag; readonly url: URL }[]
  readonly wirings: readonly Wiring[]
  /** Scripts in the document that use the SDK. */
  readonly inline: readonly Tag[]
  /** Touchpoints that the markup and its scripts name. */
  readonly touchpoints: readonly string[]
  /** A script that calls the SDK before its file, with nothing to hold the calls; null: there is none. */
  readonly early: Tag | null
}

const FILE = /(^|[/_.-])(pulssi|keep|marks|tag)(\.[\w-]+)?\.min\.js$|pulssi[^/]*\.js$/i
const STUB = /(^|[/_.-])stub(\.[\w-]+)?\.min\.js$/i
const CREATE = /createPulse\s*(?:<[^>]*>)?\s*\(\s*\{([^}]{0,2000})/
const URL_OPTION = /\burl\s*:\s*(['"`])([^'"`]+)\1/
const KEY_OPTION = /\bkey\s*:\s*(['"`])([^'"`]+)\1/
const CALL = /\.\s*(?:enter|leave|goal|feedback|signal)\s*\(\s*(['"`])([^'"`$]+)\1/g
const GLOBAL = 'pulse'

const has = (tag: Tag, name: string): boolean => tag.attributes.has(name)

const isJavaScript = (tag: Tag): boolean =>
  /^(|module|(text|application)\/(java|ecma)script)$/i.test(tag.attributes.get('type') ?? '')

const resolved = (text: string, base: URL): URL | null => (URL.canParse(text, base.href) ? new URL(text, base) : null)

const baseOf = (tags: readonly Tag[], page: URL): URL => {
  const href = tags.find(({ name, attributes }) => name === 'base' && attributes.has('href'))?.attributes.get('href')
  return (href === undefined ? null : resolved(href, page)) ?? page
}

const wiringOf = (tag: Tag): Wiring | null => {
  if (has(tag, 'data-key') || has(tag, 'data-url')) {
    return { url: tag.attributes.get('data-url') ?? null, key: tag.attributes.get('data-key') ?? null, tag }
  }
  const options = CREATE.exec(tag.text)?.[1]
  if (options === undefined) return null
  return { url: URL_OPTION.exec(options)?.[2] ?? null, key: KEY_OPTION.exec(options)?.[2] ?? null, tag }
}

/** Calls on a name that the file would bring, in a script that stands before it or runs before it has come. */
const earlyOf = (scripts: readonly Tag[], file: Tag | undefined): Tag | null => {
  if (file === undefined) return null
  const name = file.attributes.get('data-global') ?? GLOBAL
  const isLate = has(file, 'async') || has(file, 'defer') || file.attributes.get('type') === 'module'
  const own = has(file, 'data-key') ? name : 'pulssi'
  const uses = new RegExp(
    `\\b${own.replace(/[^\w]/g, '')}\\s*\\.\\s*(enter|leave|goal|feedback|signal|link|send|on|createPulse)\\b`,
  )
  const makes = new RegExp(`\\b${own.replace(/[^\w]/g, '')}\\s*=`)
  for (const script of scripts) {
    if (STUB.test(script.attributes.get('src') ?? '')) return null
    if (script.text === '' || script.attributes.get('type') === 'module') continue
    if (makes.test(script.text)) return null
    if (uses.test(script.text) && (isLate || script.at < file.at)) return script
  }
  return null
}

const touchpointsOf = (tags: readonly Tag[], inline: readonly Tag[]): string[] => {
  const marked = tags.flatMap(({ attributes }) => attributes.get('data-pulssi-touchpoint') ?? [])
  const called = inline.flatMap(({ text }) => [...text.matchAll(CALL)].map(([, , name = '']) => name))
  return [...new Set([...marked, ...called])]
}

/** Looks for the SDK in a document. No script is run: what scripts add later is not seen. */
export const snippetOf = (html: string, page: URL): { readonly tags: readonly Tag[]; readonly snippet: Snippet } => {
  const tags = tagsOf(html)
  const base = baseOf(tags, page)
  const scripts = tags.filter(tag => tag.name === 'script' && isJavaScript(tag))
  const files = scripts.flatMap(tag => {
    const url = resolved(tag.attributes.get('src') ?? '', base)
    const isOurs = has(tag, 'src') && (has(tag, 'data-key') || FILE.test(url?.pathname ?? ''))
    return isOurs && url !== null ? [{ tag, url }] : []
  })
  const wirings = scripts.flatMap(tag => wiringOf(tag) ?? [])
  const inline = scripts.filter(({ text }) => /\bcreatePulse\b|\bpulssi\b|\bpulse\s*\./.test(text))
  const touchpoints = touchpointsOf(tags, inline)
  return { tags, snippet: { base, files, wirings, inline, touchpoints, early: earlyOf(scripts, files[0]?.tag) } }
}
