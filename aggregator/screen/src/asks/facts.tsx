/** When and where an item is put, in words. */
import type { ConfiguredAsk, ConfiguredNudge } from '@pulssi/protocol/client'
import type { Item } from './items.js'
import type { AskWords } from './words.js'

const namesOf = (names: readonly string[], words: AskWords): string =>
  names.length === 0 ? words.trigger.any : names.join(', ')

const whenAsked = ({ trigger }: ConfiguredAsk, words: AskWords): string => {
  const { on, after = '', names = [] } = trigger
  if (on === 'dwell') return words.trigger.dwell(after)
  return on === 'signal' ? words.trigger.signal(namesOf(names, words)) : words.trigger[on]
}

const whenNudged = ({ signals, holdout }: ConfiguredNudge, words: AskWords): string => {
  const share = `${Number((holdout * 100).toFixed(2))} %`
  return `${words.trigger.nudge(namesOf(signals, words))}; ${words.holdout(share)}`
}

export const Facts = ({ item, words }: { readonly item: Item; readonly words: AskWords }) => {
  if (item.kind === 'reply') return null
  const { touchpoints, validFor } = item.kind === 'ask' ? item.ask : item.nudge
  return (
    <dl class="asks-facts">
      <dt>{words.touchpoints}</dt>
      <dd>{touchpoints.join(', ')}</dd>
      <dt>{words.when}</dt>
      <dd>{item.kind === 'ask' ? whenAsked(item.ask, words) : whenNudged(item.nudge, words)}</dd>
      <dt>{words.valid}</dt>
      <dd>{validFor}</dd>
    </dl>
  )
}
