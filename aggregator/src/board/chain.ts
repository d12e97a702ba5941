import type { PartialHeader } from '../worker/index.js'

/** Where a board stands in the messages of a partition. */
export interface Link {
  /** The newest that was heard of; older ones have no say any more. */
  readonly epoch: number
  /** The last message of that epoch that was taken; 0: none. */
  readonly number: number
  /** Whether the next one may go on from it; else only a whole one is of use. */
  readonly isSound: boolean
}

export const UNLINKED: Link = { epoch: 0, number: 0, isSound: false }

/** `ask`: something is missing, and a whole one will be of use. */
export type Verdict = 'take' | 'drop' | 'ask'

/** Something of what was taken is not good. */
export const broken = (link: Link): Link => ({ ...link, isSound: false })

/**
 * Judges a message by its header. Whole ones are taken as they come, others only right behind the one before; what was
 * taken already and what a former epoch says is dropped.
 */
export const follow = (
  link: Link,
  { epoch, number, isWhole }: Pick<PartialHeader, 'epoch' | 'number' | 'isWhole'>,
): { readonly link: Link; readonly verdict: Verdict } => {
  if (epoch < link.epoch) return { link, verdict: 'drop' }
  const last = epoch > link.epoch ? 0 : link.number
  if (number <= last) return { link, verdict: 'drop' }
  const isSound = epoch === link.epoch && link.isSound && number === last + 1
  return isWhole || isSound
    ? { link: { epoch, number, isSound: true }, verdict: 'take' }
    : { link: { epoch, number: last, isSound: false }, verdict: 'ask' }
}
