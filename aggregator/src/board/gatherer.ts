import type { PartialHeader, PartialPart } from '../worker/index.js'
import { GATHERED_BYTES } from './limits.js'

/** A partial with what its header says; no bytes: nothing changed. */
export interface Gathered extends PartialHeader {
  readonly bytes: Uint8Array
}

interface Begun {
  readonly first: PartialPart
  readonly pieces: Uint8Array[]
  sizeBytes: number
}

const joined = ({ pieces, sizeBytes }: Begun): Uint8Array => {
  const out = new Uint8Array(sizeBytes)
  let at = 0
  for (const piece of pieces) {
    out.set(piece, at)
    at += piece.length
  }
  return out
}

/** Puts messages together whose parts come in order, one of a partition at a time; one that lacks a part is dropped. */
export class Gatherer {
  readonly #mostBytes: number
  readonly #begun = new Map<number, Begun>()
  #sizeBytes = 0

  constructor(mostBytes = GATHERED_BYTES) {
    this.#mostBytes = mostBytes
  }

  /** The message that this part ends; null: there is none yet. */
  add(partition: number, part: PartialPart): Gathered | null {
    const begun = this.#begun.get(partition)
    // A former owner's parts keep none of the present one's from being gathered.
    if (begun !== undefined && part.epoch < begun.first.epoch) return part.parts === 1 ? part : null
    const goesOn = begun !== undefined && this.#goesOn(begun, part)
    if (!goesOn) this.#drop(partition)
    if (part.parts === 1) return part
    if (!goesOn && part.part !== 0) return null
    const gathering = goesOn ? begun : { first: part, pieces: [], sizeBytes: 0 }
    this.#begun.set(partition, gathering)
    gathering.pieces.push(part.bytes)
    gathering.sizeBytes += part.bytes.length
    this.#sizeBytes += part.bytes.length
    if (gathering.pieces.length === part.parts) {
      this.#drop(partition)
      return { ...gathering.first, bytes: joined(gathering) }
    }
    if (this.#sizeBytes > this.#mostBytes) this.#drop(partition)
    return null
  }

  /** Bytes of messages that are not whole yet. */
  get sizeBytes(): number {
    return this.#sizeBytes
  }

  #goesOn({ first, pieces }: Begun, { epoch, number, part, parts }: PartialPart): boolean {
    return epoch === first.epoch && number === first.number && parts === first.parts && part === pieces.length
  }

  #drop(partition: number): void {
    this.#sizeBytes -= this.#begun.get(partition)?.sizeBytes ?? 0
    this.#begun.delete(partition)
  }
}
