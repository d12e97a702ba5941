/** Horizontal bars with counts and shares. */
import type { ComponentChildren } from 'preact'
import { useFormat } from '../store/app.js'
import type { Shares } from './shares.js'
import { useTouchpointWords } from './words.js'

/** `side`: whether it speaks well or badly of the touchpoint. */
export const Bar = ({ share, side = 'neither' }: { share: number; side?: 'good' | 'bad' | 'neither' }) => (
  <svg class="tp-bar" data-side={side} aria-hidden="true">
    <rect class="tp-track" width="100%" height="100%" />
    <rect class="tp-fill" width={`${share * 100}%`} height="100%" />
  </svg>
)

interface ShareRowProps {
  readonly n: number
  readonly share: number
  readonly children: ComponentChildren
}

const ShareRow = ({ n, share, children }: ShareRowProps) => {
  const words = useTouchpointWords()
  const format = useFormat()
  return (
    <li>
      <span class="tp-what">{children}</span>
      <Bar share={share} />
      <span class="tp-number">
        <span class="hidden">{words.count} </span>
        {format.count(n)}
      </span>
      <span class="tp-number tp-soft">{format.figure('dropOff', share)}</span>
    </li>
  )
}

interface ShareListProps<Row> {
  readonly shares: Shares<Row>
  readonly keyOf: (row: Row) => string
  readonly textOf: (row: Row) => ComponentChildren
  readonly none: string
}

export const ShareList = <Row,>({ shares, keyOf, textOf, none }: ShareListProps<Row>) => {
  const words = useTouchpointWords()
  const { shown, rest, total } = shares
  if (total === 0) return <p class="tp-nothing">{none}</p>
  return (
    <ul class="tp-shares">
      {shown.map(({ row, n, share }) => (
        <ShareRow key={keyOf(row)} n={n} share={share}>
          {textOf(row)}
        </ShareRow>
      ))}
      {rest.rows > 0 && (
        <ShareRow n={rest.n} share={rest.share}>
          <span class="tp-soft">{words.others(rest.rows)}</span>
        </ShareRow>
      )}
    </ul>
  )
}
