import { ASK_FORMS, type AskFrame, Frame, type NudgeFrame, type Text } from '@pulssi/protocol/client'
import type { Config, TextByLanguage } from '../config/index.js'

const flat = (text: TextByLanguage): Text => Object.entries(text).flat()

interface AskWords {
  readonly form: number
  readonly text: Text
  readonly options: readonly Text[]
  readonly comment: boolean
}

interface NudgeWords {
  readonly text: Text
  readonly link: NudgeFrame[4]
}

/** What can be said, as it is configured. */
export type Told = Pick<Config, 'asks' | 'nudges'>

/**
 * What asks and nudges say. The log knows them by id alone, so that their words can be mended while they are underway;
 * whoever speaks to a page finds the words here.
 */
export class Words {
  #asks: ReadonlyMap<string, AskWords> = new Map()
  #nudges: ReadonlyMap<string, NudgeWords> = new Map()

  #told: Told = { asks: [], nudges: [] }

  constructor(config: Told) {
    this.replace(config)
  }

  get told(): Told {
    return this.#told
  }

  /** Takes up another configuration. */
  replace({ asks, nudges }: Told): void {
    this.#told = { asks, nudges }
    this.#asks = new Map(
      asks.map(({ id, kind, text, options, comment }) => [
        id,
        { form: ASK_FORMS.indexOf(kind), text: flat(text), options: options.map(flat), comment },
      ]),
    )
    this.#nudges = new Map(
      nudges.map(({ id, text, link }) => [
        id,
        { text: flat(text), link: link === undefined ? null : [link.href, flat(link.text)] },
      ]),
    )
  }

  /** What an option says in the first language, by `ask.option`; undefined: there is none such. */
  reasonText(reason: string): string | undefined {
    const dot = reason.lastIndexOf('.')
    return this.#asks.get(reason.slice(0, dot))?.options[Number(reason.slice(dot + 1))]?.[1]
  }

  /** `rule`: a configured ask; `sayingId`: `id.number`, as it was put. null: no ask of this id is configured any more. */
  askFrame(rule: string, sayingId: string, touchpoint: string, validMs: number): AskFrame | null {
    const words = this.#asks.get(rule)
    if (words === undefined) return null
    const { form, text, options, comment } = words
    return [Frame.ask, sayingId, touchpoint, form, text, options, comment, validMs]
  }

  /** As `askFrame`, of a nudge. */
  nudgeFrame(rule: string, sayingId: string, touchpoint: string, validMs: number): NudgeFrame | null {
    const words = this.#nudges.get(rule)
    if (words === undefined) return null
    return [Frame.nudge, sayingId, touchpoint, words.text, words.link, validMs]
  }
}
