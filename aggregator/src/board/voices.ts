import type { Comments, Spoken, View } from '../engine/index.js'

/** A comment that may be shown. */
export interface Voiced {
  readonly touchpoint: string
  readonly spoken: Spoken
}

const keyOf = ({ hi, lo, at, scale, level, text }: Spoken): string => `${hi} ${lo} ${at} ${scale} ${level} ${text}`

interface Known {
  readonly lists: Comments['lists']
  readonly isShown: boolean
  /** Of those that are kept: told, or passed over for good. */
  readonly told: ReadonlySet<string>
}

/**
 * Tells what may be shown now and might not have been before: each comment once, whether it has just come or was held
 * back until enough stood behind the touchpoint. What a partition held when it was heard of first is nothing new, unless
 * it was held back.
 */
export class NewVoices {
  readonly #known = new Map<string, Known>()
  #heard: ReadonlySet<number> = new Set()

  /** Since the last look, oldest first. The first look tells nothing. */
  look(view: View): Voiced[] {
    const before = this.#heard
    this.#heard = view.heardPartitions
    const news: Voiced[] = []
    for (const comments of view.comments()) news.push(...this.#newOf(comments, before))
    return news.sort((a, b) => a.spoken.at - b.spoken.at)
  }

  #newOf({ touchpoint, lists, isShown, shown }: Comments, heardBefore: ReadonlySet<number>): Voiced[] {
    const known = this.#known.get(touchpoint)
    if (known?.isShown === isShown && lists.every((list, partition) => known.lists[partition] === list)) return []
    const all = lists.flat().map(keyOf)
    const told = new Set(all.filter(key => known?.told.has(key)))
    if (isShown) {
      const isOld = (partition: number): boolean => !heardBefore.has(partition) && known?.isShown !== false
      lists.forEach((list, partition) => {
        if (isOld(partition)) for (const spoken of list) told.add(keyOf(spoken))
      })
    }
    const news = isShown ? shown().filter(spoken => !told.has(keyOf(spoken))) : []
    this.#known.set(touchpoint, { lists, isShown, told: isShown ? new Set(all) : told })
    return news.map(spoken => ({ touchpoint, spoken }))
  }
}
