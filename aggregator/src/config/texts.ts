import { ASK_LANGUAGES, ASK_TEXT_CHARS } from '@pulssi/protocol'
import { z } from 'zod'

/** BCP 47, as far as pages use it: language, script, region and variants. */
const LANGUAGE = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/
/** Control characters, halves of characters, line ends, and what turns the direction of writing around. */
const UNFIT = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

const HIDDEN = 'has a control character, a line break, or one that turns the direction of writing around: leave it out'

/** What a visitor is shown: one line, that says what it looks like it says. */
const shownText = z
  .string()
  .refine(text => text.trim() !== '', { error: 'is empty', abort: true })
  .max(ASK_TEXT_CHARS)
  .refine(text => !UNFIT.test(text), { error: HIDDEN })

/** The same by language; the first one stands for every language that is missing. */
export const textByLanguage = z
  .record(z.string().regex(LANGUAGE, { error: 'is no language tag, such as "en", "fi" or "pt-BR"' }), shownText)
  .superRefine((texts, context) => {
    const languages = Object.keys(texts)
    if (languages.length === 0) {
      context.addIssue({ code: 'custom', message: 'has no language: write at least one, such as {"en": "…"}' })
    }
    if (languages.length > ASK_LANGUAGES) {
      context.addIssue({ code: 'custom', message: `has more than ${ASK_LANGUAGES} languages: leave some out` })
    }
    const lower = languages.map(language => language.toLowerCase())
    const twice = lower.findIndex((language, index) => lower.indexOf(language) < index)
    if (twice < 0) return
    const message = 'is there twice, in another spelling: leave one out'
    context.addIssue({ code: 'custom', path: [languages[twice] ?? ''], message })
  })

/** Language → text, in the order of the file. */
export type TextByLanguage = z.infer<typeof textByLanguage>

const encoder = new TextEncoder()

/** What texts take in UTF-8. */
export const bytesOf = (texts: readonly TextByLanguage[]): number =>
  texts.reduce((sum, text) => sum + Object.values(text).reduce((own, each) => own + encoder.encode(each).length, 0), 0)
