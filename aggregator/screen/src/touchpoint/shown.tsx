/** What stands in a place that is read from the server: its content, a skeleton, or what went wrong. */
import type { ComponentChildren } from 'preact'
import type { Read } from './read.js'
import { useTouchpointWords } from './words.js'

interface ShownProps<T> {
  readonly read: Read<T>
  readonly again: () => void
  /** Lines of the skeleton: about as high as what will stand there. */
  readonly lines: number
  readonly children: (value: T) => ComponentChildren
}

const Skeleton = ({ lines }: { lines: number }) => {
  const words = useTouchpointWords()
  return (
    <div class="tp-skeleton">
      <span class="hidden">{words.loading}</span>
      {Array.from({ length: lines }, (_, at) => (
        <span key={at} aria-hidden="true" />
      ))}
    </div>
  )
}

export const Shown = <T,>({ read, again, lines, children }: ShownProps<T>) => {
  const words = useTouchpointWords()
  switch (read.state) {
    case 'loading':
      return <Skeleton lines={lines} />
    case 'ready':
      return (
        <>
          {children(read.value)}
          {read.isOld && <p class="tp-note tp-warn">{words.old}</p>}
        </>
      )
    case 'failed':
      return (
        <p class="tp-note tp-warn">
          {words.failed(read.status === 0 ? words.unreachable : read.message)}{' '}
          <button type="button" class="tp-button" onClick={again}>
            {words.retry}
          </button>
        </p>
      )
    default:
      return read satisfies never
  }
}

interface SectionProps {
  readonly name: string
  readonly title: ComponentChildren
  /** Controls beside the title. */
  readonly tools?: ComponentChildren
  readonly children: ComponentChildren
}

export const Section = ({ name, title, tools, children }: SectionProps) => (
  <section class="tp-section" data-section={name} aria-labelledby={`tp-${name}`}>
    <div class="tp-title">
      <h3 id={`tp-${name}`}>{title}</h3>
      {tools}
    </div>
    {children}
  </section>
)
