/** Figures as they stand in cells and cards: value, interval, n and window, or what is missing. */
import type { ComponentChildren } from 'preact'
import type { Figure, FigureName, PulseFigure } from '../model/figure.js'
import { gradeOf } from '../model/grade.js'
import { useFormat, useWords } from '../store/app.js'
import { Interval } from './interval.js'

const DASH = '–'

/** Shape, colour and word of a grade. */
export const GradeMark = ({ pulse }: { pulse: number }) => {
  const words = useWords()
  const grade = gradeOf(pulse)
  return (
    <span class="grade" data-grade={grade}>
      <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
        {grade === 'good' && <circle cx="5" cy="5" r="4" />}
        {grade === 'middling' && <path d="M5 0.5 9.5 5 5 9.5 0.5 5Z" />}
        {grade === 'bad' && <path d="M0.5 1.5h9L5 9.5Z" />}
      </svg>
      <span class="hidden">{words.grade[grade]}</span>
    </span>
  )
}

export const PulseValue = ({ pulse }: { pulse: PulseFigure }) => {
  const words = useWords()
  const { value, believed, window } = pulse
  const meta =
    value === null
      ? words.figure.none.pulse
      : believed
        ? words.figure.window[window]
        : `${words.figure.window[window]} · ${words.figure.notBelieved}`
  return (
    <>
      <span class="value">
        {value === null ? DASH : value}
        {value !== null && believed && <GradeMark pulse={value} />}
      </span>
      <span class="meta">{meta}</span>
    </>
  )
}

interface FigureValueProps {
  readonly name: FigureName
  readonly figure: Figure
  readonly mark?: ComponentChildren
}

/** `mark`: what else is to be known of the value, behind it. */
export const FigureValue = ({ name, figure, mark }: FigureValueProps) => {
  const words = useWords()
  const format = useFormat()
  const { value, n, window, believed } = figure
  if (value === null) {
    return (
      <>
        <span class="value">{DASH}</span>
        <Interval name={name} figure={figure} />
        <span class="meta">{words.figure.none[name]}</span>
      </>
    )
  }
  const belief = believed ? '' : ` · ${words.figure.notBelieved}`
  return (
    <>
      <span class="value">
        {format.figure(name, value)}
        {mark}
      </span>
      <Interval name={name} figure={figure} />
      <span class="meta">{`${words.figure.n(format.count(n))} · ${words.figure.window[window]}${belief}`}</span>
    </>
  )
}

/** What a pointer that rests on a figure is told. */
export const useFigureTitle = (): ((name: FigureName, figure: Figure) => string) => {
  const words = useWords()
  const format = useFormat()
  return (name, { low, high, baseline }) => {
    const label = words.figure[name]
    if (low === null || high === null) return `${label}: ${words.figure.none[name]}`
    const interval = words.figure.between(label, format.figure(name, low), format.figure(name, high))
    return baseline === null ? interval : `${interval}, ${words.figure.baseline(format.figure(name, baseline))}`
  }
}
