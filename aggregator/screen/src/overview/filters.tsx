import type { RefObject } from 'preact'
import { EVERYTHING, type Filter } from '../model/order.js'
import { useFormat, useWords } from '../store/app.js'

interface Props {
  readonly filter: Filter
  readonly stages: readonly string[]
  readonly channels: readonly string[]
  readonly shown: number
  readonly all: number
  readonly isHeld: boolean
  readonly field: RefObject<HTMLInputElement | null>
  readonly onChange: (filter: Filter) => void
}

interface ChoiceProps {
  readonly label: string
  readonly value: string | null
  readonly values: readonly string[]
  readonly onChange: (value: string | null) => void
}

/** Stands for all of them, which no stage's or channel's name can. */
const ALL = '*'

const Choice = ({ label, value, values, onChange }: ChoiceProps) => {
  const words = useWords()
  return (
    <label>
      <span>{label}</span>
      <select
        value={value ?? ALL}
        onChange={event => onChange(event.currentTarget.value === ALL ? null : event.currentTarget.value)}
      >
        <option value={ALL}>{words.table.all}</option>
        {values.map(each => (
          <option key={each} value={each}>
            {each === '' ? '–' : each}
          </option>
        ))}
      </select>
    </label>
  )
}

export const Filters = ({ filter, stages, channels, shown, all, isHeld, field, onChange }: Props) => {
  const words = useWords()
  const format = useFormat()
  const leave = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    onChange(EVERYTHING)
  }
  return (
    <search class="filters">
      <label class="text">
        <span>{words.table.filter}</span>
        <input
          type="search"
          ref={field}
          value={filter.text}
          placeholder={words.table.filterHint}
          aria-keyshortcuts="/"
          autocomplete="off"
          spellcheck={false}
          onInput={event => onChange({ ...filter, text: event.currentTarget.value })}
          onKeyDown={leave}
        />
      </label>
      <Choice
        label={words.table.stage}
        value={filter.stage}
        values={stages}
        onChange={stage => onChange({ ...filter, stage })}
      />
      <Choice
        label={words.table.channel}
        value={filter.channel}
        values={channels}
        onChange={channel => onChange({ ...filter, channel })}
      />
      <p class="meta count">{words.table.shown(format.count(shown), format.count(all))}</p>
      <p class="meta held" data-held={isHeld}>
        {isHeld ? words.table.held : ''}
      </p>
    </search>
  )
}
