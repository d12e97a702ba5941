import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, test } from 'vitest'
import { Ask, PulseProvider, useAsk, usePulse, useTouchpoint } from './index.js'

const Page = () => {
  const pulse = usePulse()
  useTouchpoint('checkout.payment')
  const ask = useAsk()
  return createElement('p', null, `${pulse} ${ask}`)
}

test('on a server, without a client, all of it renders, and touches nothing of a page', () => {
  const question = createElement(Ask, { touchpoint: 'a', kind: 'csat', text: 'How was it?', className: 'q' })
  const app = createElement(PulseProvider, { client: null }, createElement(Page), question)
  expect(renderToString(app)).toBe('<p>null undefined</p><div class="q"></div>')
})

test('without a provider the mistake is named', () => {
  expect(() => renderToString(createElement(Page))).toThrow(/PulseProvider/)
})
