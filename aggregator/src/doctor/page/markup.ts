/** One start tag of a document, and the text inside where that is a script. */
export interface Tag {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  /** Of a script: its source; else empty. */
  readonly text: string
  /** Place in the document, in UTF-16 code units. */
  readonly at: number
}

/** Elements whose content is text, not tags. */
const RAW: ReadonlySet<string> = new Set(['script', 'style', 'textarea', 'title', 'noscript', 'template'])
const NAME = /[a-z][^\s/>]*/iy
const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g
const REFERENCE = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos));/gi
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const LAST_CODE_POINT = 0x10ffff

const decoded = (text: string): string =>
  text.replace(REFERENCE, (whole, decimal: string | undefined, hex: string | undefined, name: string | undefined) => {
    if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
    return code <= LAST_CODE_POINT ? String.fromCodePoint(code) : whole
  })

/** Where the tag that begins at `from` has ended: behind its `>`, those in quotes apart. */
const endOf = (html: string, from: number): number => {
  let quote = ''
  for (let i = from; i < html.length; i++) {
    const char = html[i] ?? ''
    if (quote !== '') {
      if (char === quote) quote = ''
    } else if (char === '>') return i + 1
    else if ((char === '"' || char === "'") && /=\s*$/.test(html.slice(Math.max(from, i - 8), i))) quote = char
  }
  return html.length
}

const attributesOf = (text: string): Map<string, string> => {
  const attributes = new Map<string, string>()
  for (const [, name = '', double, single, bare] of text.matchAll(ATTRIBUTE)) {
    const key = name.toLowerCase()
    if (!attributes.has(key)) attributes.set(key, decoded(double ?? single ?? bare ?? ''))
  }
  return attributes
}

/** The start tags of a document in their order, as far as they stand in its bytes: no script is run. */
export const tagsOf = (html: string): Tag[] => {
  const lower = html.toLowerCase()
  const tags: Tag[] = []
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at)) {
    if (html.startsWith('<!--', at)) {
      const end = html.indexOf('-->', at + 4)
      at = end < 0 ? html.length : end + 3
      continue
    }
    NAME.lastIndex = at + 1
    const name = NAME.exec(html)?.[0].toLowerCase()
    if (name === undefined) {
      at++
      continue
    }
    const end = endOf(html, at + 1 + name.length)
    const attributes = attributesOf(html.slice(at + 1 + name.length, end - 1))
    const close = RAW.has(name) ? lower.indexOf(`</${name}`, end) : end
    const until = close < 0 ? html.length : close
    tags.push({ name, attributes, text: name === 'script' ? html.slice(end, until) : '', at })
    at = until
  }
  return tags
}
