/** One touchpoint or roll-up, opened: how it stands, how it came there, and what its visitors did and said. */
import type { Detail } from '@pulssi/protocol/client'
import { WINDOWS, type Window } from '@pulssi/protocol/client'
import { useState } from 'preact/hooks'
import { useApp, useWords } from '../store/app.js'
import { AnswersSections } from './answers.js'
import { AnswererNotes, AsksSection, NudgesSection, ReasonsSection } from './asked.js'
import { Choice } from './choice.js'
import type { Figure } from './figures.js'
import { Head } from './head.js'
import { HeatSection } from './heat-section.js'
import { HistorySection } from './history.js'
import { IncidentsSection } from './incidents.js'
import { LeftSection, RecoveredSection, SignalsSection, StepsSection } from './moves.js'
import { useRead } from './use-read.js'
import { usePlace } from './use-shown.js'
import { VoicesSection } from './voices.js'
import { useTouchpointWords } from './words.js'

const DETAIL_EVERY_MS = 5_000
/** Long enough to hold something at most touchpoints. */
const FIRST_WINDOW: Window = '24h'

const WindowSections = ({ name }: { name: string }) => {
  const words = useTouchpointWords()
  const frame = useWords()
  const { link } = useApp()
  const place = usePlace(name)
  const [window, setWindow] = useState<Window>(FIRST_WINDOW)
  const [read, again] = useRead(
    place === undefined ? null : `${name} ${window}`,
    signal => link.api.get<Detail>('/v1/touchpoint', { touchpoint: name, window }, signal),
    DETAIL_EVERY_MS,
  )
  if (place === undefined) return null
  const pulse = place.windows[window]
  const given = { name, read, again }
  return (
    <>
      <div class="tp-window">
        <h3>{words.sections.window}</h3>
        <Choice
          label={words.chooseWindow}
          names={WINDOWS}
          textOf={each => frame.figure.window[each]}
          chosen={window}
          choose={setWindow}
        />
      </div>
      <div class="tp-columns">
        <AnswersSections pulse={pulse} />
        <AnswererNotes pulse={pulse} />
        <AsksSection pulse={pulse} />
        <StepsSection direction="from" {...given} />
        <StepsSection direction="to" {...given} />
        <LeftSection {...given} />
        <ReasonsSection {...given} />
        <NudgesSection name={name} window={window} />
        <RecoveredSection {...given} />
        <SignalsSection pulse={pulse} />
      </div>
    </>
  )
}

/** All of it belongs to one name: another one needs a view of its own (`key`). */
export const TouchpointView = ({ name }: { name: string }) => {
  const [figure, setFigure] = useState<Figure>('dropOff')
  return (
    <article class="tp">
      <Head name={name} />
      <IncidentsSection name={name} />
      <div class="tp-pair">
        <HistorySection name={name} figure={figure} choose={setFigure} />
        <VoicesSection name={name} />
      </div>
      <WindowSections name={name} />
      <HeatSection name={name} figure={figure} choose={setFigure} />
    </article>
  )
}
