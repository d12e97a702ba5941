/** Where visits came from and went, and what is known of those that were lost. */
import type { Detail, Pulse } from '@pulssi/protocol/client'
import { useMemo } from 'preact/hooks'
import { OTHER } from '../model/place.js'
import { hrefOf } from '../store/route.js'
import { ShareList } from './bars.js'
import type { Read } from './read.js'
import { isRollUp } from './scope.js'
import { sharesOf } from './shares.js'
import { Section, Shown } from './shown.js'
import { type KnownSignal, type TouchpointWords, useTouchpointWords } from './words.js'

/** A project's own signal keeps its name. */
export const signalText = (words: TouchpointWords, signal: string | null): string =>
  signal === null ? words.noSignal : (words.signalNames[signal as KnownSignal] ?? signal)

export const TouchpointLink = ({ name }: { name: string }) =>
  name === OTHER ? (
    <bdi>{name}</bdi>
  ) : (
    <a href={hrefOf({ page: 'touchpoint', name })}>
      <bdi>{name}</bdi>
    </a>
  )

interface ReadProps {
  readonly name: string
  readonly read: Read<Detail>
  readonly again: () => void
}

const Steps = ({ steps, none }: { steps: Detail['from']; none: string }) => {
  const shares = useMemo(() => sharesOf(steps, ({ n }) => n), [steps])
  return (
    <ShareList
      shares={shares}
      keyOf={({ touchpoint }) => touchpoint}
      textOf={({ touchpoint }) => <TouchpointLink name={touchpoint} />}
      none={none}
    />
  )
}

export const StepsSection = ({ direction, name, read, again }: ReadProps & { direction: 'from' | 'to' }) => {
  const words = useTouchpointWords()
  return (
    <Section name={direction} title={words.sections[direction]}>
      <Shown read={read} again={again} lines={4}>
        {detail => <Steps steps={detail[direction]} none={isRollUp(name) ? words.movesRollUp : words.movesNone} />}
      </Shown>
    </Section>
  )
}

export const LeftSection = ({ read, again }: ReadProps) => {
  const words = useTouchpointWords()
  return (
    <Section name="left" title={words.sections.left}>
      <Shown read={read} again={again} lines={4}>
        {({ left }) => (
          <ShareList
            shares={sharesOf(left, ({ n }) => n)}
            keyOf={({ signal }) => signal ?? ''}
            textOf={({ signal }) => (
              <bdi class={signal === null ? 'tp-soft' : undefined}>{signalText(words, signal)}</bdi>
            )}
            none={words.movesNone}
          />
        )}
      </Shown>
    </Section>
  )
}

export const RecoveredSection = ({ read, again }: ReadProps) => {
  const words = useTouchpointWords()
  return (
    <Section name="recovered" title={words.sections.recovered}>
      <Shown read={read} again={again} lines={2}>
        {({ recovered }) => (
          <ShareList
            shares={sharesOf(recovered, ({ n }) => n)}
            keyOf={({ channel }) => channel}
            textOf={({ channel }) => <bdi>{channel}</bdi>}
            none={words.movesNone}
          />
        )}
      </Shown>
    </Section>
  )
}

export const SignalsSection = ({ pulse }: { pulse: Pulse | undefined }) => {
  const words = useTouchpointWords()
  const signals = Object.entries(pulse?.friction.signals ?? {})
  return (
    <Section name="signals" title={words.sections.signals}>
      <ShareList
        shares={sharesOf(signals, ([, n]) => n)}
        keyOf={([signal]) => signal}
        textOf={([signal]) => <bdi>{signalText(words, signal)}</bdi>}
        none={words.movesNone}
      />
    </Section>
  )
}
