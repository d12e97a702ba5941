/** What the screen says of who answers, and of asks. */
import type { AskFigures, Pulse } from '@pulssi/sdk/live'
import type { Place } from './place.js'

type Sentiment = Pulse['sentiment']

/** Fewer answers are each a great share by themselves. */
const ANSWERS = 5
const MOST = 0.5

/** The sentiment in the window in which the screen shows it. */
export const shownSentiment = (place: Place): Sentiment | undefined => place.windows[place.sentiment.window]?.sentiment

/** Share of the one voice that gave most of the answers; null: they are of many, or too few to say. */
export const oneVoiceShare = (sentiment: Pick<Sentiment, 'n' | 'concentration'> | undefined): number | null => {
  const share = sentiment?.concentration ?? null
  return share !== null && share > MOST && (sentiment?.n ?? 0) >= ANSWERS ? share : null
}

/** What stands beside a score that isn't as it came; null: nothing was corrected. */
export const shownCorrection = (
  sentiment: Sentiment | undefined,
): (Sentiment['corrected'] & { score: number }) | null => {
  const corrected = sentiment?.corrected
  if (corrected === undefined || corrected.estimator === 'plain' || corrected.score === null) return null
  return { ...corrected, score: corrected.score }
}

/** Whether asks have to do with it at all. */
export const isAsked = ({ shown, dismissed, answered, expired, saved }: AskFigures): boolean =>
  shown + dismissed + answered + expired + saved > 0
