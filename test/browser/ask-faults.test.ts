/** Asks on pages where things are not as they should be, with the built files and a real server. */
import type { CoreClient } from '@pulssi/sdk'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serve } from '../e2e/harness.js'
import { launch, watchedContext } from './chromium.js'
import { journeyOf, openSite, originsOf } from './tag-site.js'

declare const pulssi: { createPulse(options: object): CoreClient }
declare const pulssiWidget: { attach(client: CoreClient): { wanted(touchpoint: string, ask: string): void } }
declare const pulssiAuto: { auto(client: CoreClient, options: object): () => void }

interface Copy {
  readonly create: typeof pulssi.createPulse
  readonly widget: typeof pulssiWidget
  readonly auto: typeof pulssiAuto.auto
}

const ASKS = [
  {
    ...{ id: 'mood', touchpoints: ['shop.*'], kind: 'csat', text: { en: 'How is it going?' } },
    trigger: { on: 'signal', names: ['rage'] },
  },
]
const FILES = ['pulssi', 'widget', 'auto'].map(name => `<script src="/sdk/${name}.min.js"></script>`).join('')

/** Keeps the first copy of each file, before the second takes its name. */
const TAKE = 'window.first = { create: pulssi.createPulse, widget: pulssiWidget, auto: pulssiAuto.auto }'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const answer = async (page: Page): Promise<void> => {
  const card = page.locator('pulssi-ask .card.over')
  await card.locator('.option').last().click()
  expect(await page.locator('pulssi-ask').count()).toBe(1)
  await page.keyboard.press('Escape')
  await card.waitFor({ state: 'detached' })
}

const figuresOf = async (server: { url: string }) => {
  const { events, pulses } = await journeyOf(server as never)
  const pulse = pulses.find(({ touchpoint }) => touchpoint === 'shop.home')
  return { events, entered: pulse?.visits.entered, n: pulse?.sentiment.n, asks: pulse?.asks }
}

test('two copies of each file for one visitor: one card, one answer, and each event once', async () => {
  const server = await serve({ asks: ASKS })
  const { url } = await openSite({
    files: {
      '/': `<!doctype html><title>shop</title>${FILES}<script src="/take.js"></script>${FILES}`,
      '/take.js': TAKE,
    },
    connect: originsOf(server),
  })
  const { context, complaints } = await watchedContext(browser)
  const page = await context.newPage()
  await page.goto(url)
  await page.evaluate(async address => {
    const { first } = window as never as { first: Copy }
    const options = { url: address, key: 'pk_shop', identity: 'device' }
    const clients = [first.create(options), pulssi.createPulse(options)] as [CoreClient, CoreClient]
    Object.assign(window, { clients })
    for (const [client, widget] of [
      [clients[0], first.widget],
      [clients[1], pulssiWidget],
    ] as const)
      widget.attach(client)
    const stop = first.auto(clients[0], { pages: { '/*': 'shop.home' } })
    if (pulssiAuto.auto(clients[0], { pages: { '/*': 'shop.home' } }) !== stop) throw new Error('it runs twice')
    await clients[0].flush()
    clients[1].enter('shop.home')
    clients[1].signal('shop.home', 'rage')
    await clients[1].flush()
  }, server.url)
  await answer(page)
  await page.evaluate(() => Promise.all((window as never as { clients: CoreClient[] }).clients.map(one => one.flush())))
  const { events, entered, n, asks } = await figuresOf(server)
  expect([entered, n]).toEqual([1, 1])
  expect(asks).toMatchObject({ shown: 1, answered: 1, dismissed: 0 })
  expect(events).toMatchObject({ duplicates: 0, rejected: 0, lost: 0 })
  expect(complaints).toEqual([])
  await context.close()
})

test('no storage: who is known for this page alone is asked by the host’s word, and its answer counts', async () => {
  const server = await serve({ asks: ASKS })
  const { url } = await openSite({
    files: { '/': `<!doctype html><title>shop</title>${FILES}` },
    connect: originsOf(server),
  })
  const { context, complaints } = await watchedContext(browser)
  // As a browser does whose user allows no storage.
  await context.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB'])
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('Access is denied for this document.', 'SecurityError')
        },
      })
  })
  const page = await context.newPage()
  await page.goto(url)
  const visitor = await page.evaluate(async address => {
    const pulse = pulssi.createPulse({ url: address, key: 'pk_shop', identity: 'device' })
    const { wanted } = pulssiWidget.attach(pulse)
    pulssiAuto.auto(pulse, { pages: { '/*': 'shop.home' } })
    // By itself nobody asks whom it can't know again.
    pulse.signal('shop.home', 'rage')
    await pulse.flush()
    wanted('shop.home', 'mood')
    Object.assign(window, { pulse })
    return pulse.visitor
  }, server.url)
  expect(visitor).toMatch(/^p\./)
  await answer(page)
  await page.evaluate(() => (window as never as { pulse: CoreClient }).pulse.flush())
  const { entered, n, asks } = await figuresOf(server)
  expect([entered, n]).toEqual([1, 1])
  expect(asks).toMatchObject({ shown: 1, answered: 1, dismissed: 0 })
  expect(complaints).toEqual([])
  await context.close()
})
