/** What the screen says of asks, of who answered, and of why visitors left. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serve } from '../e2e/harness.js'
import { launch } from './chromium.js'
import { axeFindings, openScreen, rowOf, send } from './screen.js'
import { hashOf, section } from './touchpoint-server.js'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const PAY = 'checkout.payment'
const CARD = 'Card was declined, twice, and nobody could tell me why'
const SETTINGS = {
  journey: { grace: '1ms', touchpoints: { [PAY]: { stage: 'close' } } },
  asks: [
    { id: 'mood', touchpoints: [PAY], kind: 'csat', text: { en: 'How was paying?' }, trigger: { on: 'host' } },
    {
      ...{ id: 'why', touchpoints: [PAY], kind: 'choice', reason: true, text: { en: 'Why?' } },
      options: [{ en: 'Too dear' }, { en: CARD }],
      trigger: { on: 'signal', names: ['rage'] },
    },
  ],
}

const at = PAY
/** Somebody is asked, in one of several ways, and one of them answers far more than once. */
const asked = (count: number): object[] =>
  Array.from({ length: count }, (_, i) => {
    const visitor = `asked-${i}`
    const ask = `mood.${(i + 1).toString(36)}`
    const came = [
      { visitor, kind: 'enter', touchpoint: at },
      { visitor, kind: 'ask', touchpoint: at, ask: 'mood', result: 'wanted' },
      { visitor, kind: 'ask', touchpoint: at, ask, result: i % 7 === 6 ? 'dismissed' : 'shown' },
    ]
    if (i % 7 < 4) came.push({ visitor, kind: 'feedback', touchpoint: at, scale: 'csat', score: 4, ask } as never)
    return came
  }).flat()
const loud = Array.from({ length: 30 }, () => ({
  ...{ visitor: 'loud', kind: 'feedback', touchpoint: at, scale: 'csat', score: 1 },
}))
const left = (asks: number, option: number, i: number): object[] => [
  { visitor: `left-${i}`, kind: 'enter', touchpoint: at },
  { visitor: `left-${i}`, kind: 'signal', touchpoint: at, name: 'rage' },
  { visitor: `left-${i}`, kind: 'feedback', touchpoint: at, ask: `why.${(asks + i + 1).toString(36)}`, option },
  { visitor: `left-${i}`, kind: 'leave', touchpoint: at },
]

const fits = async (page: Page): Promise<void> => {
  for (const width of [320, 768, 1_440]) {
    await page.setViewportSize({ width, height: 900 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `at ${width}`).toBe(width)
  }
}

test('N60 N61 N63: asks, a loud voice, the corrected score and stated reasons stand on both pages', async () => {
  const server = await serve(SETTINGS)
  await send(server.url, [...asked(28), ...loud])
  await send(
    server.url,
    [1, 0, 1].flatMap((option, i) => left(28, option, i)),
  )
  const { context, page, complaints } = await openScreen(browser, server.url)
  const line = page.locator('.journey')
  await line.locator('[data-figure="asks"]').getByText('of 31 shown').waitFor()
  await line.getByText(/^corrected /).waitFor()
  await page.locator(rowOf(PAY)).locator('.one-voice[title^="One voice gave"]').waitFor()
  expect(await axeFindings(page), 'overview').toEqual([])
  await fits(page)
  await page.goto(`${server.url}/${hashOf(PAY)}`)
  await section(page, 'asks').getByText('Response rate').waitFor()
  expect(await section(page, 'asks').locator('dd').allTextContents()).toEqual(['61.3 %', '31', '19', '4', '0', '0'])
  await section(page, 'answerers').getByText('Each voice counted once').waitFor()
  await section(page, 'answerers').getByText('One voice gave 65.2 % of these answers.').waitFor()
  await section(page, 'reasons').getByText(CARD).waitFor({ timeout: 20_000 })
  expect(await section(page, 'nudges').count()).toBe(0)
  expect(await axeFindings(page), 'touchpoint').toEqual([])
  await fits(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await axeFindings(page), 'touchpoint, dark').toEqual([])
  await page.goto(`${server.url}/#/`)
  await page.locator(rowOf(PAY)).waitFor()
  expect(await axeFindings(page), 'overview, dark').toEqual([])
  expect(complaints).toEqual([])
  await context.close()
})
