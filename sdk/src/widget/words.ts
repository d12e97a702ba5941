import { EMOTIONS } from '@pulssi/protocol/client'
import type { WidgetOptions } from './types.js'

/** The widget's own words by their places. The emotions follow them, as they stand in EMOTIONS. */
export const Word = {
  close: 0,
  undo: 1,
  thanks: 2,
  comment: 3,
  send: 4,
  bad: 5,
  good: 6,
  unlikely: 7,
  likely: 8,
  hard: 9,
  easy: 10,
  delighted: 11,
} as const

/** Pairs of language and words. */
const WORDS = [
  'en',
  `Close|Undo|Thank you!|Comment|Send|Bad|Good|Unlikely|Likely|Hard|Easy|${EMOTIONS.join('|')}`,
  'fi',
  'Sulje|Kumoa|Kiitos!|Kommentti|Lähetä|Huono|Hyvä|Epätodennäköistä|Todennäköistä|Vaikeaa|Helppoa|ilahtunut|iloinen|luottavainen|kiinnostunut|neutraali|hämmentynyt|pettynyt|turhautunut|vihainen',
  'sv',
  'Stäng|Ångra|Tack!|Kommentar|Skicka|Dåligt|Bra|Osannolikt|Sannolikt|Svårt|Lätt|förtjust|glad|trygg|intresserad|neutral|förvirrad|besviken|frustrerad|arg',
  'de',
  'Schließen|Rückgängig|Danke!|Kommentar|Senden|Schlecht|Gut|Unwahrscheinlich|Wahrscheinlich|Schwer|Leicht|begeistert|glücklich|vertrauensvoll|interessiert|neutral|verwirrt|enttäuscht|frustriert|verärgert',
  'fr',
  'Fermer|Annuler|Merci !|Commentaire|Envoyer|Mauvais|Bon|Peu probable|Probable|Difficile|Facile|ravi|heureux|confiant|intéressé|neutre|confus|déçu|frustré|en colère',
  'es',
  'Cerrar|Deshacer|¡Gracias!|Comentario|Enviar|Mal|Bien|Improbable|Probable|Difícil|Fácil|encantado|feliz|confiado|interesado|neutral|confuso|decepcionado|frustrado|enfadado',
  'ar',
  'إغلاق|تراجع|شكرا!|تعليق|إرسال|سيئ|جيد|غير مرجح|مرجح|صعب|سهل|مبتهج|سعيد|واثق|مهتم|محايد|مرتبك|محبط|مستاء|غاضب',
]

/**
 * The language and the words in it, without what hides characters or turns others around: of the language, else of the
 * one that it is a form of, else the first.
 * `text`: flat pairs of the two. `language`: BCP 47.
 */
export const pick = (text: readonly string[], language: string): readonly [language: string, words: string] => {
  const same = text.indexOf(language)
  const at = same < 0 ? Math.max(0, text.indexOf(language.replace(/-.*/, ''))) : same
  return [text[at] as string, (text[at + 1] as string).replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, ' ')]
}

/** The widget's own words in a language, by their places. */
export const wordsIn = (language: string, { strings }: WidgetOptions): string[] =>
  Object.assign(pick(WORDS, language)[1].split('|'), strings?.[language])
