/**
 * Changes one member of a JSON object's text and leaves every other byte as it is, so that a file that people write by
 * hand keeps their layout.
 */

interface Span {
  readonly start: number
  readonly end: number
}

const skipSpace = (text: string, at: number): number => {
  let i = at
  while (/\s/.test(text[i] ?? 'x')) i++
  return i
}

/** `at`: of the opening quote. Returns where the string has ended. */
const skipString = (text: string, at: number): number => {
  let i = at + 1
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1
  return i + 1
}

const skipValue = (text: string, at: number): number => {
  let depth = 0
  let i = at
  while (i < text.length) {
    const char = text[i] ?? ''
    if (depth === 0 && (char === ',' || char === '}' || char === ']')) break
    if (char === '"') {
      i = skipString(text, i)
      continue
    }
    if (char === '{' || char === '[') depth++
    if (char === '}' || char === ']') depth--
    i++
  }
  return at + text.slice(at, i).trimEnd().length
}

/** Where the value of each member of the outermost object stands. */
const membersOf = (text: string): Map<string, Span> => {
  const members = new Map<string, Span>()
  let i = skipSpace(text, 0) + 1
  for (;;) {
    i = skipSpace(text, i)
    if (i >= text.length || text[i] === '}') return members
    const end = skipString(text, i)
    const name = JSON.parse(text.slice(i, end)) as string
    const start = skipSpace(text, skipSpace(text, end) + 1)
    const span = { start, end: skipValue(text, start) }
    members.set(name, span)
    i = skipSpace(text, span.end)
    if (text[i] === ',') i++
  }
}

const written = (entries: readonly unknown[]): string =>
  entries.length === 0 ? '[]' : `[\n${entries.map(entry => `    ${JSON.stringify(entry)}`).join(',\n')}\n  ]`

/** The text with `name` set to a list, one entry a line. `text` must be a JSON object's. */
export const withList = (text: string, name: string, entries: readonly unknown[]): string => {
  const span = membersOf(text).get(name)
  if (span !== undefined) return text.slice(0, span.start) + written(entries) + text.slice(span.end)
  const end = text.lastIndexOf('}')
  const before = text.slice(0, end).trimEnd()
  const comma = before.endsWith('{') ? '' : ','
  return `${before}${comma}\n  ${JSON.stringify(name)}: ${written(entries)}\n${text.slice(end)}`
}

/** Where the entries of a list stand, whose own text is at `span`. */
const itemsOf = (text: string, { start, end }: Span): Span[] => {
  const items: Span[] = []
  let i = skipSpace(text, start + 1)
  while (i < end - 1) {
    const span = { start: i, end: skipValue(text, i) }
    items.push(span)
    i = skipSpace(text, span.end)
    if (text[i] === ',') i = skipSpace(text, i + 1)
  }
  return items
}

/** The text with one more entry at the end of the list `name`, which is made where there is none. */
export const withItem = (text: string, name: string, entry: unknown): string => {
  const span = membersOf(text).get(name)
  const last = span === undefined ? undefined : itemsOf(text, span).at(-1)
  if (last === undefined) return withList(text, name, [entry])
  return `${text.slice(0, last.end)},\n    ${JSON.stringify(entry)}${text.slice(last.end)}`
}

/** The text without one entry of the list `name`, and without the comma that parted it from its neighbour. */
export const withoutItem = (text: string, name: string, index: number): string => {
  const span = membersOf(text).get(name)
  const items = span === undefined ? [] : itemsOf(text, span)
  const [gone, former, next] = [items[index], items[index - 1], items[index + 1]]
  if (gone === undefined) return text
  if (items.length === 1) return withList(text, name, [])
  if (former !== undefined) return text.slice(0, former.end) + text.slice(gone.end)
  return text.slice(0, gone.start) + text.slice(next?.start ?? gone.end)
}
