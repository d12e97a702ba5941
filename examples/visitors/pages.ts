import { type CoreClient, createPulse } from '@pulssi/sdk'
import { answerTo, reactionOf, topicOf } from './opinion.js'
import type { Random } from './random.js'

export interface PagesOptions {
  readonly url: string
  /** A page's key, `pk_…`. */
  readonly key: string
  readonly random: Random
  readonly isPaymentFailing: () => boolean
}

/** A visitor in a page of its own, as the server knows it. */
export interface OpenPage {
  readonly visitor: string
  readonly pulse: CoreClient
}

/** Visitors whose pages can be asked; all the others are told of by one service. */
export interface Pages {
  /** The page of this visitor, if it has one. `isNew`: it begins its way, perhaps in a page. */
  of(visitor: string, isNew: boolean): OpenPage | null
  stop(): Promise<void>
}

/** Pages open at once, each with a connection. Beyond: the visitor has none. */
const OPEN_PAGES = 24
const SHARE = 0.3
/** A page without a step for so long is closed. */
const LINGER_MS = 40_000
/** An ask is noticed after the first, and answered after the second at most. */
const NOTICE_MS = 400
const ANSWER_MS = 4_000

/** Opens a page: the visitor sees what it is asked, and lets it be, puts it away or answers as it feels. */
const openPage = (options: PagesOptions, id: string, later: (ms: number, run: () => void) => void): OpenPage => {
  const { url, key, random, isPaymentFailing } = options
  const visitor = `v.${id}`
  const pulse = createPulse({ url, key, identity: 'host', visitor, channel: 'web' })
  pulse.on('ask', frame => {
    const [, ask, touchpoint] = frame
    const topic = topicOf(touchpoint, isPaymentFailing())
    const reaction = reactionOf(random, topic === 'paymentBroken')
    later(NOTICE_MS, () => pulse.asked(touchpoint, ask, 'shown'))
    if (reaction === 'ignore') return
    later(random.whole(NOTICE_MS, ANSWER_MS), () => {
      if (reaction === 'dismiss') pulse.asked(touchpoint, ask, 'dismissed')
      else pulse.feedback(touchpoint, answerTo(random, frame, topic))
    })
  })
  const show = ([, id, touchpoint]: readonly [type: number, id: string, touchpoint: string, ...rest: unknown[]]) =>
    later(NOTICE_MS, () => pulse.asked(touchpoint, id, 'shown'))
  pulse.on('nudge', show)
  pulse.on('reply', show)
  return { visitor, pulse }
}

export function openPages(options: PagesOptions): Pages {
  const pages = new Map<string, { readonly page: OpenPage; timer: NodeJS.Timeout | undefined }>()
  const timers = new Set<NodeJS.Timeout>()
  const later = (ms: number, run: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      run()
    }, ms)
    timers.add(timer)
  }
  const close = async (visitor: string): Promise<void> => {
    const open = pages.get(visitor)
    pages.delete(visitor)
    clearTimeout(open?.timer)
    await open?.page.pulse.close()
  }
  return {
    of: (visitor, isNew) => {
      let open = pages.get(visitor)
      if (open === undefined) {
        if (!isNew || pages.size >= OPEN_PAGES || !options.random.chance(SHARE)) return null
        open = { page: openPage(options, visitor, later), timer: undefined }
        pages.set(visitor, open)
      }
      clearTimeout(open.timer)
      open.timer = setTimeout(() => close(visitor), LINGER_MS)
      return open.page
    },
    stop: async () => {
      for (const timer of timers) clearTimeout(timer)
      await Promise.all([...pages.keys()].map(close))
    },
  }
}
