import { createHmac } from 'node:crypto'
import { Frame, SCALES, type Voice } from '@pulssi/protocol'
import { type Board, NewVoices, prepareFrame, type Voiced } from '../board/index.js'
import { type Spoken, voiceOf } from '../engine/index.js'

/** Between two looks at whether there are new comments. */
const LOOK_MS = 200
/** Of a comment's id. */
const ID_BYTES = 12
const KEY_BYTES = 8
const WORD_BYTES = 4

/** A comment on its way to subscribers. */
export interface Overheard {
  readonly touchpoint: string
  /** The frame that tells of it. */
  readonly prepared: Uint8Array
}

/** So that no command line takes an id for an option. */
const ID_PREFIX = 'v'
export const VOICE_ID = /^v[\w-]{16}$/

/**
 * Names comments: the same one at every gateway and after every start, so that it can be answered; a keyed hash, so
 * that it tells nothing of who said it, nor that two were said by the same.
 */
export class VoiceIds {
  readonly #key = Buffer.alloc(KEY_BYTES)
  readonly #ids = new WeakMap<Spoken, string>()

  /** `key`: of the ids' hashes. */
  constructor([hi, lo]: readonly [number, number]) {
    this.#key.writeInt32LE(hi | 0)
    this.#key.writeInt32LE(lo | 0, WORD_BYTES)
  }

  of({ touchpoint, spoken }: Voiced): string {
    const known = this.#ids.get(spoken)
    if (known !== undefined) return known
    const { hi, lo, at, scale, level, text } = spoken
    const said = JSON.stringify(['voice', touchpoint, hi | 0, lo | 0, at, scale, level, text])
    const hash = createHmac('sha256', this.#key).update(said).digest().subarray(0, ID_BYTES)
    const id = ID_PREFIX + hash.toString('base64url')
    this.#ids.set(spoken, id)
    return id
  }

  voice(voiced: Voiced): Voice {
    return { id: this.of(voiced), touchpoint: voiced.touchpoint, ...voiceOf(voiced.spoken) }
  }
}

/** All comments that may be shown at these touchpoints. */
export const spokenAt = (board: Board, touchpoints: readonly string[]): Voiced[] =>
  touchpoints.flatMap(touchpoint => board.spoken(touchpoint).map(spoken => ({ touchpoint, spoken })))

export interface VoicingOptions {
  readonly board: Board
  readonly ids: VoiceIds
  /** Hears of comments that may be shown from now on, oldest first. */
  readonly tell: (news: readonly Overheard[]) => void
  readonly onError: (error: unknown) => void
}

/** Looks for new comments until it is closed. */
export class Voicing {
  readonly #options: VoicingOptions
  readonly #news = new NewVoices()
  readonly #timer: NodeJS.Timeout
  #isLooking = false

  constructor(options: VoicingOptions) {
    this.#options = options
    this.#timer = setInterval(() => void this.#look(), LOOK_MS)
    void this.#look()
  }

  close(): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    const { board, tell, onError } = this.#options
    try {
      const news = await board.still(async view => this.#news.look(view))
      if (news.length > 0) tell(news.map(voiced => this.#overheard(voiced)))
    } catch (error) {
      onError(error)
    }
    this.#isLooking = false
  }

  #overheard(voiced: Voiced): Overheard {
    const { id, touchpoint, at, scale, score, text } = this.#options.ids.voice(voiced)
    const index = scale === null ? null : SCALES.indexOf(scale)
    return { touchpoint, prepared: prepareFrame([Frame.voice, id, touchpoint, at, index, score, text]) }
  }
}
