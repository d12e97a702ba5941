/** What asks and nudges did here in one window, and what is known of who answered. */
import type { Detail, Pulse, Window } from '@pulssi/protocol/client'
import { isAsked, oneVoiceShare, shownCorrection } from '../model/asked.js'
import { OneVoiceMark } from '../parts/sentiment-marks.js'
import { useApp, useFormat, useWords } from '../store/app.js'
import { ShareList } from './bars.js'
import type { Read } from './read.js'
import { isRollUp } from './scope.js'
import { sharesOf } from './shares.js'
import { Section, Shown } from './shown.js'
import { useRead } from './use-read.js'
import { useTouchpointWords } from './words.js'

const NUDGES_EVERY_MS = 15_000

const RESULTS = ['shown', 'answered', 'dismissed', 'expired', 'saved'] as const

/** Nothing where no ask is configured. */
export const AsksSection = ({ pulse }: { pulse: Pulse | undefined }) => {
  const words = useTouchpointWords()
  const format = useFormat()
  if (pulse === undefined || !isAsked(pulse.asks)) return null
  const { asks } = pulse
  return (
    <Section name="asks" title={words.sections.asks}>
      <dl class="tp-story">
        <div>
          <dt>{words.asks.rate}</dt>
          <dd>{asks.rate === null ? '–' : format.figure('dropOff', asks.rate)}</dd>
        </div>
        {RESULTS.map(result => (
          <div key={result}>
            <dt>{words.asks[result]}</dt>
            <dd>{format.count(asks[result])}</dd>
          </div>
        ))}
      </dl>
      <p class="tp-note">{words.asks.savedHint}</p>
    </Section>
  )
}

/** Whom the answers stand for, where that is not just who gave them. */
export const AnswererNotes = ({ pulse }: { pulse: Pulse | undefined }) => {
  const frame = useWords()
  const words = useTouchpointWords()
  const format = useFormat()
  const correction = shownCorrection(pulse?.sentiment)
  const share = oneVoiceShare(pulse?.sentiment)
  if (correction === null && share === null) return null
  const score = (value: number | null): string => (value === null ? '–' : format.figure('sentiment', value))
  return (
    <Section name="answerers" title={words.sections.answerers}>
      {correction !== null && (
        <p>
          <b>{frame.answers.corrected(score(correction.score))}</b>{' '}
          <span class="tp-soft">({words.between(score(correction.low), score(correction.high))})</span>
          <br />
          {frame.answers.estimators[correction.estimator]}
        </p>
      )}
      {share !== null && (
        <p class="one-voice-text">
          <OneVoiceMark title="" />
          {frame.answers.oneVoice(format.figure('dropOff', share))}
        </p>
      )}
    </Section>
  )
}

/** What those who left said that it was; nothing where nobody was asked. */
export const ReasonsSection = ({ read, again }: { read: Read<Detail>; again: () => void }) => {
  const words = useTouchpointWords()
  if (read.state !== 'ready' || read.value.reasons.length === 0) return null
  return (
    <Section name="reasons" title={words.sections.reasons}>
      <Shown read={read} again={again} lines={3}>
        {({ reasons }) => (
          <ShareList
            shares={sharesOf(reasons, ({ n }) => n)}
            keyOf={({ reason }) => reason}
            textOf={({ reason, text }) => <bdi>{text ?? reason}</bdi>}
            none={words.movesNone}
          />
        )}
      </Shown>
    </Section>
  )
}

interface Left {
  readonly n: number
  readonly rate: number | null
}
interface Nudged {
  readonly nudged: Left
  readonly control: Left
  readonly effect: { readonly difference: number | null; readonly low: number | null; readonly high: number | null }
}
interface Nudges {
  readonly nudges: readonly { readonly windows: Readonly<Partial<Record<Window, Nudged>>> }[]
}

const NudgedFacts = ({ nudged, control, effect }: Nudged) => {
  const words = useTouchpointWords()
  const format = useFormat()
  const rate = ({ rate, n }: Left): string =>
    `${rate === null ? '–' : format.figure('dropOff', rate)} (${words.count} ${format.count(n)})`
  const { difference, low, high } = effect
  const points = (value: number): string => format.difference('dropOff', value, 0)
  return (
    <>
      <dl class="tp-story">
        <div>
          <dt>{words.nudges.nudged}</dt>
          <dd>{rate(nudged)}</dd>
        </div>
        <div>
          <dt>{words.nudges.control}</dt>
          <dd>{rate(control)}</dd>
        </div>
        {difference !== null && (
          <div>
            <dt>{words.nudges.effect}</dt>
            <dd>{points(difference)}</dd>
          </div>
        )}
      </dl>
      {low !== null && high !== null && (
        <p class="tp-note">
          {words.between(points(low), points(high))} ({words.interval}).{' '}
          {low <= 0 && high >= 0 ? words.nudges.unsure : high < 0 ? words.nudges.helps : words.nudges.harms}
        </p>
      )}
    </>
  )
}

/** Whether nudges kept visitors here; nothing where nobody was nudged. */
export const NudgesSection = ({ name, window }: { name: string; window: Window }) => {
  const words = useTouchpointWords()
  const frame = useWords()
  const { link } = useApp()
  const [read] = useRead(
    isRollUp(name) ? null : name,
    signal => link.api.get<Nudges>('/v1/nudges', { touchpoint: name }, signal),
    NUDGES_EVERY_MS,
  )
  if (read.state !== 'ready') return null
  const windows = read.value.nudges[0]?.windows
  const known = windows?.[window] === undefined ? 'total' : window
  const nudged = windows?.[known]
  if (nudged === undefined || nudged.nudged.n + nudged.control.n === 0) return null
  return (
    <Section name="nudges" title={`${words.sections.nudges}, ${frame.figure.window[known]}`}>
      <NudgedFacts {...nudged} />
    </Section>
  )
}
