/** Asks in short: how many of those who saw one answered. */
import type { AskFigures } from '@pulssi/sdk/live'
import { useFormat, useWords } from '../store/app.js'

export const AsksValue = ({ asks }: { asks: AskFigures }) => {
  const words = useWords()
  const format = useFormat()
  return (
    <>
      <span class="value">{asks.rate === null ? '–' : format.figure('dropOff', asks.rate)}</span>
      <span class="meta">{words.answers.ofShown(format.count(asks.shown))}</span>
      <span class="meta">{words.answers.saved(format.count(asks.saved))}</span>
    </>
  )
}
