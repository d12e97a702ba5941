import { addressGroup } from './address.js'
import { Bucket } from './bucket.js'

/** Address groups whose failures are counted at once; beyond, the one heard of first is forgotten. */
export const GUESSING_GROUPS = 10_000
/** Right secrets remembered for an address group; beyond, the oldest is forgotten and counts as a try again. */
export const REMEMBERED_SECRETS = 64

interface Group {
  readonly tries: Bucket
  /** Digests of the secrets that were right from here, oldest first. */
  readonly right: Set<string>
}

/**
 * Slows down who tries out secrets. Each address group may try so many a second that weren't right from there before;
 * beyond, a secret is not even looked up, right or wrong. Whoever got in once gets in again, so that one who guesses
 * can't throw out the neighbours behind the same address. Keys of pages are public: they are no tries.
 */
export class Guesses {
  readonly #perSecond: () => number
  readonly #now: () => number
  readonly #groups = new Map<string, Group>()

  /** `now`: ms of a steady clock. */
  constructor(perSecond: () => number, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond
    this.#now = now
  }

  /** Whether a secret may be tried from an address now; if so, it is a try. `digest`: of the secret. */
  mayTry(address: string, digest: string): boolean {
    const group = this.#group(address)
    return group.right.has(digest) || group.tries.take(this.#now()) === 0
  }

  /** The secret of this digest was right. */
  right(address: string, digest: string): void {
    const { right } = this.#group(address)
    right.add(digest)
    if (right.size > REMEMBERED_SECRETS) dropOldest(right)
  }

  #group(address: string): Group {
    const name = addressGroup(address)
    const found = this.#groups.get(name)
    if (found !== undefined) return found
    const group = { tries: new Bucket(this.#perSecond(), this.#now()), right: new Set<string>() }
    this.#groups.set(name, group)
    if (this.#groups.size > GUESSING_GROUPS) dropOldest(this.#groups)
    return group
  }
}

const dropOldest = <Key>(kept: Map<Key, unknown> | Set<Key>): void => {
  for (const oldest of kept.keys()) {
    kept.delete(oldest)
    return
  }
}
