import type { TextByLanguage } from '../config/index.js'
import type { Told } from './words.js'

/** What one ask or nudge says, each text by language, the question or message first. */
interface Said {
  readonly id: string
  readonly texts: readonly TextByLanguage[]
}

const saidIn = ({ asks, nudges }: Told): Said[] => [
  ...asks.map(({ id, text, options }) => ({ id, texts: [text, ...options] })),
  ...nudges.map(({ id, text, link }) => ({ id, texts: link === undefined ? [text] : [text, link.text] })),
]

/** Every language that any text has, as it is first spelled, in the order of the file. */
export const languagesOf = (told: Told): string[] => {
  const spelled = new Map<string, string>()
  for (const { texts } of saidIn(told)) {
    for (const language of texts.flatMap(Object.keys)) {
      const key = language.toLowerCase()
      if (!spelled.has(key)) spelled.set(key, language)
    }
  }
  return [...spelled.values()]
}

/** An ask or nudge of which a text has not all the languages that are spoken anywhere in the configuration. */
export interface Gap {
  readonly id: string
  readonly missing: readonly string[]
}

export const gapsIn = (told: Told): Gap[] => {
  const all = languagesOf(told)
  return saidIn(told).flatMap(({ id, texts }) => {
    const has = texts.map(text => new Set(Object.keys(text).map(language => language.toLowerCase())))
    const missing = all.filter(language => has.some(each => !each.has(language.toLowerCase())))
    return missing.length === 0 ? [] : [{ id, missing }]
  })
}
