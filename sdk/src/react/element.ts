import type { AskForm } from '@pulssi/protocol/client'
import { createElement, type ReactElement, useEffect, useRef } from 'react'
import { type AskElement, define, type WidgetOptions } from '../widget/index.js'
import { usePulse } from './context.js'

export interface AskProps extends WidgetOptions {
  touchpoint: string
  kind: AskForm
  text: string
  /** Of a choice: 6 at most. */
  options?: readonly string[]
  /** An answer on a scale may have a comment. */
  comment?: boolean
  /** A label that the answer carries. */
  ask?: string
  /** Of the element around the question. */
  className?: string
}

const attributesOf = ({ touchpoint, kind, text, options = [], comment, ask }: AskProps): Record<string, string> => ({
  inline: '',
  touchpoint,
  kind,
  text,
  options: options.join('|'),
  ...(comment && { comment: '' }),
  ...(ask !== undefined && { ask }),
})

/**
 * A question of the host's own that stands in the page: `<pulssi-ask inline>`, bound to the client of the provider. On a
 * server an empty element, in which it appears once the page is alive. Other words make it another question.
 */
export const Ask = (props: AskProps): ReactElement => {
  const { className, strings } = props
  const client = usePulse()
  const place = useRef<HTMLDivElement>(null)
  const own = useRef(strings)
  const said = JSON.stringify(attributesOf(props))
  useEffect(() => {
    own.current = strings
  })
  useEffect(() => {
    if (!client) return
    define()
    const element = document.createElement('pulssi-ask') as AskElement
    for (const [name, value] of Object.entries(JSON.parse(said) as Record<string, string>))
      element.setAttribute(name, value)
    element.pulse = client
    if (own.current) element.strings = own.current
    place.current?.append(element)
    return () => element.remove()
  }, [client, said])
  return createElement('div', { ref: place, className })
}
