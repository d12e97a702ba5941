/** Answers by level, scale by scale, with the figure by which each is known. */
import type { Pulse, Scale, ScaleFigures } from '@pulssi/protocol/client'
import { useApp, useFormat } from '../store/app.js'
import { useCell } from '../store/use-cell.js'
import { Bar } from './bars.js'
import { answeredOf, type Level, levelsOf, type Standard, standardsOf } from './levels.js'
import { Section } from './shown.js'
import { fixed } from './texts.js'
import { type TouchpointWords, useTouchpointWords } from './words.js'

const levelText = (words: TouchpointWords, scale: Scale, name: string | number): string => {
  const { levels } = words
  const named: Readonly<Record<string | number, string>> | undefined =
    scale === 'thumb' || scale === 'smiley' || scale === 'emotion' ? levels[scale] : undefined
  const text = named?.[name]
  if (text === undefined) return String(name)
  return scale === 'smiley' ? `${name} ${text}` : text
}

/** What a person chose, as words; of scales that are numbers alone, with the scale's name. */
export const scoreText = (words: TouchpointWords, scale: Scale, score: number | string): string => {
  const text = levelText(words, scale, score)
  const name = words.shortScales[scale]
  return name === '' ? text : `${name} ${text}`
}

/** Digits behind the point, as each figure is told elsewhere. */
const DIGITS: Readonly<Record<Exclude<Standard, 'share'>, number>> = { nps: 0, index: 0, value: 0, mean: 2 }

const sideOf = ({ score }: Level): 'good' | 'bad' | 'neither' => (score > 0 ? 'good' : score < 0 ? 'bad' : 'neither')

const StandardFigure = ({ scale, standard, value }: { scale: Scale; standard: Standard; value: number }) => {
  const words = useTouchpointWords()
  const format = useFormat()
  const language = useCell(useApp().look.language)
  const text = standard === 'share' ? format.figure('dropOff', value) : fixed(language, value, DIGITS[standard])
  const name = standard === 'share' ? words.standards.share[scale] : words.standards[standard]
  return (
    <span class="tp-standard">
      <b>{text}</b> {name}
    </span>
  )
}

const ScaleTable = ({ scale, figures }: { scale: Scale; figures: ScaleFigures }) => {
  const words = useTouchpointWords()
  const format = useFormat()
  return (
    <table class="tp-levels">
      <caption>
        {standardsOf(figures).map(({ standard, value }) => (
          <StandardFigure key={standard} scale={scale} standard={standard} value={value} />
        ))}{' '}
        <span class="tp-soft">
          {words.count} {format.count(figures.n)}
        </span>
      </caption>
      <thead class="hidden">
        <tr>
          <th scope="col">{words.level}</th>
          <td />
          <th scope="col">{words.count}</th>
          <th scope="col">{words.share}</th>
        </tr>
      </thead>
      <tbody>
        {levelsOf(scale, figures).map(level => (
          <tr key={level.name}>
            <th scope="row">{levelText(words, scale, level.name)}</th>
            <td>
              <Bar share={level.share} side={sideOf(level)} />
            </td>
            <td class="tp-number">{format.count(level.count)}</td>
            <td class="tp-number tp-soft">{format.figure('dropOff', level.share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** A section for each scale. `pulse` undefined: none has come of this window. */
export const AnswersSections = ({ pulse }: { pulse: Pulse | undefined }) => {
  const words = useTouchpointWords()
  const answered = answeredOf(pulse?.sentiment.scales ?? {})
  if (answered.length === 0) {
    return (
      <Section name="answers" title={words.sections.answers}>
        <p class="tp-nothing">{words.answersNone}</p>
      </Section>
    )
  }
  return (
    <>
      {answered.map(([scale, figures]) => (
        <Section key={scale} name={`answers-${scale}`} title={`${words.sections.answers}: ${words.scales[scale]}`}>
          <ScaleTable scale={scale} figures={figures} />
          {pulse?.sentiment.believed === false && <p class="tp-note">{words.answersUnsure}</p>}
        </Section>
      ))}
    </>
  )
}
