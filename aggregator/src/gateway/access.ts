import { createHash, timingSafeEqual } from 'node:crypto'
import type { Config, ReadToken, WriteKey } from '../config/index.js'
import { type Clock, systemClock } from '../ports.js'
import { Guesses } from './guesses.js'
import { Issuers, looksSigned } from './jwt.js'
import { proverOf } from './proof.js'
import type { Reader, Writer } from './rights.js'

export { allowsTheSame, mayHear, mayOverhear, mayRead, type Reader, readsAll, type Writer } from './rights.js'

/** `tooMany`: so many wrong ones came from this address that none is looked at for now. */
export type Refused = 'unauthorized' | 'forbidden' | 'tooMany'

/** The part of the configuration that says who may do what. */
export interface Rights {
  readonly project: string
  readonly keys: readonly WriteKey[]
  readonly readTokens: readonly ReadToken[]
  readonly jwt: Config['jwt']
}

interface Entry<Value> {
  readonly digest: Buffer
  readonly value: Value
}

const OPEN = 'open'
const OPEN_PAGE: Writer = { kind: 'page', origins: null, channels: null, prover: null, provenBy: null, source: OPEN }
const OPEN_SERVICE: Writer = { kind: 'service', source: OPEN }
const OPEN_READER: Reader = {
  touchpoints: ['*'],
  scopes: new Set(['pulse', 'voice', 'reply', 'incidents', 'admin']),
  source: OPEN,
  expiresAt: null,
}

const digestOf = (secret: string): Buffer => createHash('sha256').update(secret).digest()

/** Looks at every entry whatever it finds, so that the time taken tells nothing of a secret. */
const find = <Value>(entries: readonly Entry<Value>[], sought: Buffer): Value | null => {
  let found: Value | null = null
  for (const entry of entries) if (timingSafeEqual(entry.digest, sought)) found = entry.value
  return found
}

const writerEntry = (key: WriteKey, project: string): Entry<Writer> => {
  const digest = key.kind === 'hashedService' ? Buffer.from(key.sha256, 'hex') : digestOf(key.key)
  const source = `key ${digest.toString('hex')}`
  if (key.kind !== 'page') return { digest, value: { kind: 'service', source } }
  const { proofSecret } = key
  const value: Writer = {
    kind: 'page',
    origins: new Set(key.origins),
    channels: new Set<string>(key.channels),
    prover: proverOf(proofSecret, project),
    provenBy: proofSecret === null ? null : digestOf(`${project}\n${proofSecret}`).toString('hex'),
    source,
  }
  return { digest, value }
}

const readerEntry = (token: ReadToken): Entry<Reader> => {
  const digest = token.kind === 'plain' ? digestOf(token.token) : Buffer.from(token.sha256, 'hex')
  const scopes = new Set<string>(token.scopes)
  const source = `token ${digest.toString('hex')}`
  return { digest, value: { touchpoints: token.touchpoints, scopes, source, expiresAt: null } }
}

/** Who may write and read, from the keys and tokens of the configuration in force. */
export class Access {
  readonly #clock: Clock
  readonly #guesses: Guesses
  #open = false
  #origins: ReadonlySet<string> = new Set()
  #pages: readonly Entry<Writer>[] = []
  #services: readonly Entry<Writer>[] = []
  #readers: readonly Entry<Reader>[] = []
  #issuers: Issuers

  constructor(rights: Rights, triesPerSecond: () => number, clock: Clock = systemClock) {
    this.#clock = clock
    this.#guesses = new Guesses(triesPerSecond)
    this.#issuers = new Issuers([], rights.project)
    this.replace(rights)
  }

  /** No keys and no tokens are configured: any key writes, everyone reads (from this machine alone). */
  get open(): boolean {
    return this.#open
  }

  /** All origins that some key lists. */
  get origins(): ReadonlySet<string> {
    return this.#origins
  }

  /** From now on these hold. What was admitted before is asked for again by its source. */
  replace({ project, keys, readTokens, jwt }: Rights): void {
    this.#open = keys.length + readTokens.length + jwt.length === 0
    this.#origins = new Set(keys.flatMap(key => (key.kind === 'page' ? key.origins : [])))
    this.#pages = keys.flatMap(key => (key.kind === 'page' ? [writerEntry(key, project)] : []))
    this.#services = keys.flatMap(key => (key.kind === 'page' ? [] : [writerEntry(key, project)]))
    this.#readers = readTokens.map(readerEntry)
    this.#issuers = new Issuers(jwt, project)
  }

  /** `address`: where it is asked from. */
  writer(key: string | null, address: string): Writer | Refused {
    if (this.#open) return key === null || key.startsWith('sk_') ? OPEN_SERVICE : OPEN_PAGE
    if (key === null) return 'unauthorized'
    const digest = digestOf(key)
    return find(this.#pages, digest) ?? this.#secret(digest, address, this.#services, this.#readers)
  }

  /** For tokens that are no signed ones. */
  reader(token: string | null, address: string): Reader | Refused {
    if (this.#open) return OPEN_READER
    if (token === null) return 'unauthorized'
    const digest = digestOf(token)
    if (find(this.#pages, digest) !== null) return 'forbidden'
    return this.#secret(digest, address, this.#readers, this.#services)
  }

  /** Whether `verify` is to be asked, which takes its time, and not `reader`. */
  isSigned(token: string): boolean {
    return !this.#open && this.#issuers.some && looksSigned(token)
  }

  /** What a signed token allows; else the code, and a sentence that says why. Never rejects. */
  async verify(token: string, address: string): Promise<Reader | { readonly refused: Refused; readonly why: string }> {
    const verdict = await this.#issuers.verify(token, this.#clock.now())
    if (typeof verdict !== 'string') {
      // The keys may have changed meanwhile.
      return this.renewedReader(verdict) ?? { refused: 'unauthorized', why: 'the key or token was revoked' }
    }
    const refused = this.#guesses.mayTry(address, '') ? 'unauthorized' : 'tooMany'
    return { refused, why: verdict }
  }

  /** What `writer` may do now; null: its key is gone. */
  renewedWriter({ kind, source }: Writer): Writer | null {
    if (this.#open) return kind === 'page' ? OPEN_PAGE : OPEN_SERVICE
    return [...this.#pages, ...this.#services].find(({ value }) => value.source === source)?.value ?? null
  }

  /** What `reader` may do now; null: its token, or whoever signed it, is gone. */
  renewedReader(reader: Reader): Reader | null {
    if (this.#open) return OPEN_READER
    if (this.#issuers.knows(reader.source)) return reader
    return this.#readers.find(({ value }) => value.source === reader.source)?.value ?? null
  }

  #secret<Value>(
    digest: Buffer,
    address: string,
    own: readonly Entry<Value>[],
    others: readonly Entry<Writer | Reader>[],
  ): Value | Refused {
    const name = digest.toString('hex')
    if (!this.#guesses.mayTry(address, name)) return 'tooMany'
    const found = find(own, digest)
    const isOther = find(others, digest) !== null
    if (found !== null || isOther) this.#guesses.right(address, name)
    return found ?? (isOther ? 'forbidden' : 'unauthorized')
  }
}
