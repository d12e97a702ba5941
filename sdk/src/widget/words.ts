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

/** The same in one language. */
export type OwnWords = readonly [
  close: string,
  undo: string,
  thanks: string,
  comment: string,
  send: string,
  ...others: string[],
]

/** Groups of a language and its words, as long as each other. */
const WORDS = (
  'en,Close,Undo,Thank you!,Comment,Send,bad,good,unlikely,likely,hard,easy,delighted,happy,trusting,interested,neutral,confused,disappointed,frustrated,angry,' +
  'fr,Fermer,Annuler,Merci !,Commentaire,Envoyer,mauvais,bon,improbable,probable,difficile,facile,ravi,heureux,confiant,intéressé,neutre,confus,déçu,frustré,fâché,' +
  'es,Cerrar,Deshacer,¡Gracias!,Comentario,Enviar,mal,bien,improbable,probable,difícil,fácil,encantado,feliz,confiado,interesado,neutral,confuso,decepcionado,frustrado,enfadado,' +
  'de,Schließen,Rückgängig,Danke!,Kommentar,Senden,schlecht,gut,unwahrscheinlich,wahrscheinlich,schwer,leicht,begeistert,glücklich,vertrauensvoll,interessiert,neutral,verwirrt,enttäuscht,frustriert,verärgert,' +
  'sv,Stäng,Ångra,Tack!,Kommentar,Skicka,dåligt,bra,osannolikt,sannolikt,svårt,lätt,förtjust,glad,trygg,intresserad,neutral,förvirrad,besviken,frustrerad,arg,' +
  'fi,Sulje,Kumoa,Kiitos!,Kommentti,Lähetä,huono,hyvä,epätodennäköistä,todennäköistä,vaikeaa,helppoa,ilahtunut,iloinen,luottavainen,kiinnostunut,neutraali,hämmentynyt,pettynyt,turhautunut,vihainen,' +
  'ar,إغلاق,تراجع,شكرا!,تعليق,إرسال,سيئ,جيد,غير مرجح,مرجح,صعب,سهل,مبتهج,سعيد,واثق,مهتم,محايد,مرتبك,محبط,مستاء,غاضب'
).split(',')
const GROUP = 21

/** By its place. What emotions are called in English is how they are named. */
export const englishOf = (place: number) => WORDS[place + 1]

/**
 * Where in groups, each of a language and what is said in it, those of a language begin: of the language itself, else of
 * the one that it is a form of, else of the first. `language`: BCP 47, in letters of either case.
 */
const find = (text: readonly string[], language: string, group: number): number => {
  const tags = text.map((each, at) => !(at % group) && each.toLowerCase())
  const tag = language.toLowerCase()
  const at = tags.indexOf(tag)
  return at < 0 ? Math.max(0, tags.indexOf(tag.replace(/-.*/, ''))) : at
}

/**
 * The language that is nearest and the words in it, without what hides characters or turns others around. `text`: flat
 * pairs of the two.
 */
export const pick = (text: readonly string[], language: string): readonly [language: string, words: string] => {
  const at = find(text, language, 2)
  return [text[at] as string, (text[at + 1] as string).replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, ' ')]
}

/** The widget's own words in a language, by their places. */
export const wordsIn = (language: string, { strings }: WidgetOptions): OwnWords => {
  const at = find(WORDS, language, GROUP)
  return Object.assign(WORDS.slice(at + 1, at + GROUP) as unknown as OwnWords, strings?.[language])
}
