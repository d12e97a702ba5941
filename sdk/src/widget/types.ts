import type { AskForm, NudgeFrame, Text } from '@pulssi/protocol/client'
import type { CoreClient, Feedback } from '../types.js'

/** What the widget needs of a client; those of every entry do. */
export type WidgetClient = Pick<CoreClient, 'feedback' | 'asked' | 'on'>

/** A text, or the same in several languages by their BCP 47 tags; the first one stands for all others. */
export type Words = string | Readonly<Record<string, string>>

export interface WidgetOptions {
  /** By language, in place of the widget's own words, by their numbers in docs/WIDGET.md: `{fi: {2: 'Kiitti!'}}`. */
  strings?: Readonly<Record<string, Readonly<Record<number, string>>>>
}

/** A question of the host's own. */
export interface Question extends WidgetOptions {
  touchpoint: string
  kind: AskForm
  text: Words
  /** Of a choice: 6 at most. */
  options?: readonly Words[]
  /** An answer on a scale may have a comment. */
  comment?: boolean
  /** A label that the answer carries; of a choice and a text their kind unless set. */
  ask?: string
  /** The card goes by itself after so long. Without it: it stays. */
  validMs?: number
}

/**
 * What a card says: an `ask` of the server, a `nudge`, a `reply`, a question of the host's. `form`: index into ASK_FORMS;
 * FORM_NONE: nothing
 * is asked. Texts are flat pairs of language and words; language '': the page's.
 */
export type Message = readonly [
  id: string | undefined,
  touchpoint: string,
  form: number,
  text: Text,
  options: readonly Text[],
  comment: boolean | undefined,
  validMs: number,
  link?: NudgeFrame[4],
]
export const FORM_NONE = -1
export const FORM_CHOICE = 6
export const FORM_TEXT = 7

export interface Attached {
  /** The visitor may be asked this configured question now. The server asks, if it asks at all. */
  wanted(touchpoint: string, ask: string): void
  /** Hears no more of the client. What is shown stays. */
  detach(): void
}

/** What goes to `feedback` but for `ask`. */
export type Answer = Pick<Feedback, 'scale' | 'score' | 'option' | 'text' | 'comment'>

/** Who hears the answer, and of a card what became of it. */
export type Hearer = Pick<WidgetClient, 'feedback'> & Partial<Pick<WidgetClient, 'asked'>>
