/** The hooks in an application under StrictMode, with a server that counts what they send and asks. */
import type { CoreClient } from '@pulssi/sdk'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serve } from '../e2e/harness.js'
import { launch, watchedContext } from './chromium.js'
import { bundleApp } from './react-app.js'
import { eventsOf, journeyOf, openSite, originsOf } from './tag-site.js'

declare const pulse: CoreClient

const APP = `
import { createPulse } from '@pulssi/sdk'
import { Ask, PulseProvider, useAsk, usePulse, useTouchpoint } from '@pulssi/sdk/react'
import { createElement as h, StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'

const Home = () => {
  useTouchpoint('shop.home', { cuts: { variant: 'B' } })
  return h('h1', null, 'Home')
}
const Cart = () => {
  useTouchpoint('shop.cart')
  const pulse = usePulse()
  return h('main', null,
    h('h1', null, 'Cart'),
    h('button', { onClick: () => pulse.asked('shop.cart', 'mood', 'wanted') }, 'May be asked'),
    h(Ask, { touchpoint: 'shop.cart', kind: 'thumb', text: 'Was this easy?' }))
}
const Asked = () => {
  const ask = useAsk('fi')
  if (!ask) return h('aside')
  const answer = () => ask.answer({ score: 4, comment: 'smooth' })
  return h('aside', null, ask.text + ' ' + ask.kind + ' ' + ask.hasComment,
    h('button', { onClick: answer }, 'Four'), h('button', { onClick: ask.dismiss }, 'Not now'))
}
const App = () => {
  const [page, go] = useState('home')
  return h('div', null,
    ['home', 'cart', 'away'].map(name => h('button', { key: name, onClick: () => go(name) }, name)),
    page === 'home' && h(Home), page === 'cart' && h(Cart), h(Asked))
}
window.pulse = createPulse({ url: URL_OF_SERVER, key: 'pk_shop', identity: 'device' })
createRoot(document.body.appendChild(document.createElement('div')))
  .render(h(StrictMode, null, h(PulseProvider, { client: window.pulse }, h(App))))
`

const ASK = {
  id: 'mood',
  touchpoints: ['shop.*'],
  kind: 'csat',
  text: { en: 'How was it?', fi: 'Miltä tuntui?' },
  comment: true,
  trigger: { on: 'host' },
  validFor: '10m',
}

/** A beacon is the browser's own, and says what it is; a headless one would be counted as a bot. */
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

let browser: Browser
beforeAll(async () => {
  browser = await launch([`--user-agent=${AGENT}`])
})
afterAll(() => browser.close())

const click = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

test('under StrictMode each visit is entered once, the server asks, and each answer is counted once', async () => {
  const server = await serve({ asks: [ASK], cuts: ['variant'] })
  const files = {
    '/': '<!doctype html><html lang="en"><body></body><script src="/app.js"></script>',
    '/app.js': (await bundleApp(APP)).replace('URL_OF_SERVER', `'${server.url}'`),
  }
  const { url } = await openSite({ files, connect: originsOf(server) })
  const { context, complaints } = await watchedContext(browser)
  const page = await context.newPage()
  await page.goto(url)
  await page.getByRole('heading', { name: 'Home' }).waitFor()
  await click(page, 'cart')
  await click(page, 'May be asked')
  await page.getByText('Miltä tuntui? csat true').waitFor()
  await click(page, 'Four')
  await page.getByText('Miltä tuntui?').waitFor({ state: 'detached' })
  await click(page, 'away')
  const visitor = await page.evaluate(() => pulse.flush().then(() => pulse.visitor ?? ''))

  const events = await eventsOf(server, visitor)
  const said = events.map(({ kind, touchpoint, cuts = {}, comment }) =>
    [kind, touchpoint, comment, ...Object.values(cuts)].filter(Boolean).join(' '),
  )
  expect(said).toEqual([
    'enter shop.home B',
    'enter shop.cart',
    'ask shop.cart',
    'ask shop.cart',
    'feedback shop.cart smooth',
    'leave shop.cart',
  ])
  const { pulses } = await journeyOf(server)
  expect(pulses.find(({ touchpoint }) => touchpoint === 'shop.cart')).toMatchObject({
    visits: { entered: 1, views: 0 },
    sentiment: { n: 1, scales: { csat: { levels: [0, 0, 0, 1, 0] } } },
  })

  await click(page, 'cart')
  await page.locator('pulssi-ask').getByRole('radio').last().click()
  await page.goto(`${url}/elsewhere`)
  const answers = async () =>
    (await journeyOf(server)).pulses.find(({ touchpoint }) => touchpoint === 'shop.cart')?.sentiment.scales
  await expect.poll(answers, { timeout: 10_000 }).toMatchObject({ thumb: { n: 1 }, csat: { n: 1 } })
  expect(complaints).toEqual([])
  await context.close()
})
