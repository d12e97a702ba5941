import type { Words } from './asks/index.js'
import type { Board } from './board/index.js'
import { CommentRates, type Gateway, type Limits, Pages, type Sockets, VoiceIds, Voicing } from './gateway/index.js'
import type { Ground } from './ground.js'
import { SAID, unpackSaid } from './worker/index.js'

/** What the engines say to people, and people to whoever runs this. */
export interface Speaking {
  readonly pages: Pages
  readonly comments: CommentRates
  readonly voiceIds: VoiceIds
  /** Tells subscribers of comments from now on. */
  readonly listen: (sockets: Sockets) => void
}

export interface SpeakingOptions {
  readonly ground: Ground
  readonly gateway: Gateway
  readonly board: Board
  readonly limits: Limits
  readonly words: Words
}

export const openSpeaking = ({ ground, gateway, board, limits, words }: SpeakingOptions): Speaking => {
  const { bus, key, clock, logger, closers } = ground
  const { addresses, tally } = gateway
  const pages = new Pages({ key, words, clock, tally })
  closers.add(bus.subscribe(SAID, bytes => pages.tell(unpackSaid(bytes))))
  const voiceIds = new VoiceIds(key)
  const listen = (sockets: Sockets): void => {
    const onError = (error: unknown): void => logger.error({ err: error }, 'the comments could not be looked at')
    const voicing = new Voicing({ board, ids: voiceIds, tell: news => sockets.overhear(news), onError })
    closers.add(() => voicing.close())
  }
  return { pages, comments: new CommentRates(limits, addresses, tally), voiceIds, listen }
}
