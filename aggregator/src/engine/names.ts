import { OTHER } from './limits.js'

/** A bounded list of names with their places; those beyond the bound share the place of `~other`. */
export class Names {
  readonly list: string[] = []
  readonly #places = new Map<string, number>()
  readonly #most: number

  /** `most`: names besides `~other`. */
  constructor(most: number) {
    this.#most = most
  }

  /** −1 if the name has no place yet. */
  find(name: string): number {
    return this.#places.get(name) ?? -1
  }

  place(name: string): number {
    const known = this.#places.get(name)
    if (known !== undefined) return known
    if (this.list.length < this.#most || name === OTHER) return this.add(name)
    return this.#places.get(OTHER) ?? this.add(OTHER)
  }

  /** Gives a name its place whatever the bound (an image says so). */
  restore(name: string): number {
    return this.#places.get(name) ?? this.add(name)
  }

  add(name: string): number {
    this.#places.set(name, this.list.length)
    return this.list.push(name) - 1
  }
}
