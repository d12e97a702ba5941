import { en } from './en.js'
import { fi } from './fi.js'

export const LANGUAGES = ['en', 'fi'] as const
export type Language = (typeof LANGUAGES)[number]

export type Words = typeof en

export const WORDS: Readonly<Record<Language, Words>> = { en, fi }
