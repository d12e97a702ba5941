/** The last comments, as the text that they are. */
import type { Voice } from '@pulssi/protocol/client'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { useApp, useFormat } from '../store/app.js'
import { useCell } from '../store/use-cell.js'
import { scoreText } from './answers.js'
import { cleanText, isLong } from './clean.js'
import { scoreOfVoice } from './levels.js'
import { TouchpointLink } from './moves.js'
import { ReplyBox } from './reply.js'
import { Section, Shown } from './shown.js'
import { useRead } from './use-read.js'
import { useTouchpointWords } from './words.js'

const SHOWN = 20
/** A comment that comes is told at once; this is for what a lost frame has hidden. */
const EVERY_MS = 10_000

interface Answer {
  readonly clock: number
  readonly voices: Voice[]
}

const VoiceItem = ({ voice, name }: { voice: Voice; name: string }) => {
  const words = useTouchpointWords()
  const format = useFormat()
  const [isOpen, setOpen] = useState(false)
  const { scale, score, touchpoint, at } = voice
  const text = useMemo(() => cleanText(voice.text), [voice.text])
  const canGrow = isLong(text)
  const mood = scoreOfVoice(voice)
  return (
    <li class="tp-voice" data-mood={mood}>
      <blockquote class={canGrow && !isOpen ? 'tp-clamped' : undefined}>
        <bdi dir="auto">{text}</bdi>
      </blockquote>
      {canGrow && (
        <button type="button" class="tp-more" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? words.less : words.more}
        </button>
      )}
      <p class="tp-note">
        {scale !== null && score !== null && <span class="tp-tag">{scoreText(words, scale, score)}</span>}{' '}
        <time dateTime={new Date(at).toISOString()}>{format.moment(at)}</time>
        {touchpoint !== name && (
          <>
            {' · '}
            <TouchpointLink name={touchpoint} />
          </>
        )}
      </p>
      <ReplyBox id={voice.id} />
    </li>
  )
}

const Voices = ({ name }: { name: string }) => {
  const words = useTouchpointWords()
  const { link } = useApp()
  const [read, again] = useRead(
    name,
    signal => link.api.get<Answer>('/v1/voice', { touchpoint: name, limit: SHOWN }, signal),
    EVERY_MS,
  )
  useEffect(() => link.onVoice(again), [link])
  return (
    <Shown read={read} again={again} lines={5}>
      {({ voices }) =>
        voices.length === 0 ? (
          <p class="tp-nothing">{words.voicesNone}</p>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by key
          <ul class="tp-voice-list" tabIndex={0} aria-labelledby="tp-voices">
            {voices.map(voice => (
              <VoiceItem key={voice.id} voice={voice} name={name} />
            ))}
          </ul>
        )
      }
    </Shown>
  )
}

export const VoicesSection = ({ name }: { name: string }) => {
  const words = useTouchpointWords()
  const project = useCell(useApp().link.project)
  const isDenied = project !== null && !project.scopes.includes('voice')
  return (
    <Section name="voices" title={words.sections.voices}>
      {isDenied ? <p class="tp-nothing">{words.voicesDenied}</p> : <Voices name={name} />}
    </Section>
  )
}
