/** Quiet marks beside a score: that it has been corrected, and that one voice gave most of the answers. */
import { oneVoiceShare, shownCorrection, shownSentiment } from '../model/asked.js'
import type { Place } from '../model/place.js'
import { useFormat, useWords } from '../store/app.js'

/** A ring with most of it filled: one voice among many. */
export const OneVoiceMark = ({ title }: { title: string }) => (
  <span class="one-voice" title={title}>
    <svg width="11" height="11" viewBox="0 0 11 11" aria-hidden="true">
      <circle cx="5.5" cy="5.5" r="4.5" />
      <path d="M5.5 5.5V1A4.5 4.5 0 1 1 1 5.5Z" />
    </svg>
    <span class="hidden">{title}</span>
  </span>
)

/** For a row: the warning alone, since it has no room for words. */
export const RowMarks = ({ place }: { place: Place }) => {
  const words = useWords()
  const format = useFormat()
  const share = oneVoiceShare(shownSentiment(place))
  return share === null ? null : <OneVoiceMark title={words.answers.oneVoice(format.figure('dropOff', share))} />
}

/** For a card: both, in words. */
export const SentimentMarks = ({ place }: { place: Place }) => {
  const words = useWords()
  const format = useFormat()
  const sentiment = shownSentiment(place)
  const correction = shownCorrection(sentiment)
  const share = oneVoiceShare(sentiment)
  const shown = share === null ? '' : format.figure('dropOff', share)
  return (
    <>
      {correction !== null && (
        <span class="meta" title={words.answers.estimators[correction.estimator]}>
          {words.answers.corrected(format.figure('sentiment', correction.score))}
        </span>
      )}
      {share !== null && (
        <span class="meta one-voice-text">
          <OneVoiceMark title={words.answers.oneVoice(shown)} />
          <span aria-hidden="true">{words.answers.oneVoiceShort(shown)}</span>
        </span>
      )}
    </>
  )
}
