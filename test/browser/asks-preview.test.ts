import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ConfiguredAsks } from '@pulssi/protocol/client'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pulssi } from '../e2e/command.js'
import { dataDir, serve } from '../e2e/harness.js'
import { launch } from './chromium.js'
import { axeFindings, openScreen } from './screen.js'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const CONFIG = {
  asks: [
    {
      id: 'pay-mood',
      touchpoints: ['checkout.*'],
      kind: 'csat',
      text: { en: 'How was paying?', fi: 'Miltä maksaminen tuntui?', ar: 'كيف كانت عملية الدفع؟' },
      comment: true,
      trigger: { on: 'dwell', after: '20s' },
    },
    {
      id: 'why',
      touchpoints: ['shop.cart', 'checkout.*'],
      kind: 'choice',
      text: { en: 'What held you back?' },
      options: [{ en: 'Too dear' }, { en: 'Only looking' }],
      reason: true,
      trigger: { on: 'signal', names: ['rage'] },
    },
  ],
  nudges: [
    {
      id: 'chat',
      touchpoints: ['checkout.*'],
      text: { en: 'Stuck? We are here.' },
      link: { href: '/help', text: { en: 'Talk to us' } },
      holdout: '20%',
    },
  ],
}
const READ_TOKENS = [{ token: 'rt_screen' }, { token: 'rt_cart', touchpoints: ['shop.cart'] }]

const read = async (url: string, token: string): Promise<Response> =>
  fetch(`${url}/v1/asks`, { headers: { authorization: `Bearer ${token}` } })

test('each ask, nudge and reply is shown as a visitor sees it, and nothing leaves the page', async () => {
  const { url } = await serve({ ...CONFIG, readTokens: READ_TOKENS, keys: [{ key: 'sk_test' }] })
  expect((await read(url, 'rt_wrong')).status).toBe(401)
  const { asks, nudges } = (await (await read(url, 'rt_cart')).json()) as ConfiguredAsks
  expect([asks.map(({ id, touchpoints }) => [id, touchpoints]), nudges]).toEqual([[['why', ['shop.cart']]], []])

  const { page, context, complaints } = await openScreen(browser, `${url}/asks#why`, { colorScheme: 'dark' })
  const sent: string[] = []
  context.on('request', request => sent.push(`${request.method()} ${new URL(request.url()).pathname}`))
  const field = page.getByLabel('Read token')
  await field.fill('rt_wrong')
  await page.keyboard.press('Enter')
  await page.getByText('does not accept').waitFor()
  expect(await axeFindings(page)).toEqual([])
  await field.fill('rt_screen')
  await page.keyboard.press('Enter')

  const visitor = page.frameLocator('iframe')
  await visitor.getByText('What held you back?').waitFor()
  expect(await page.getByRole('button', { pressed: true }).textContent()).toContain('why')
  await page.getByText(/^asked\(.*"shown"\)$/).waitFor()
  expect(await axeFindings(page)).toEqual([])

  await visitor.getByRole('button', { name: 'Close' }).click()
  await page.getByText(/^asked\(.*"dismissed"\)$/).waitFor()

  await page.getByRole('button', { name: /^pay-mood/ }).click()
  await page.getByLabel('Language').selectOption('ar')
  await visitor.getByText('كيف كانت').waitFor()
  expect(await visitor.locator('html').getAttribute('dir')).toBe('rtl')
  await page.getByLabel('Language').selectOption('fi')
  await page.getByLabel('Theme').selectOption('light')
  for (const width of [320, 768, 1440]) {
    await page.getByLabel('Width').selectOption(String(width))
    await visitor.getByText('Miltä maksaminen tuntui?').waitFor()
    expect(await visitor.locator('html').evaluate(html => html.ownerDocument.defaultView?.innerWidth)).toBe(width)
  }
  expect(await axeFindings(page)).toEqual([])
  await page.getByRole('button', { name: /^chat/ }).click()
  await page.getByText('There are no words in this language: it is shown in en.').waitFor()
  await visitor.getByRole('link', { name: 'Talk to us' }).click()
  await page.getByText('opens /help').waitFor()
  await page.getByRole('button', { name: 'Reply to a comment' }).click()
  await visitor.getByText('Thank you for telling us').waitFor()
  expect(new Set(sent.filter(each => !/ \/(asks\.css|icon\.svg|sdk\/widget\.min\.js)$/.test(each)))).toEqual(
    new Set(['GET /v1/asks']),
  )
  expect(complaints.filter(each => !each.includes('401'))).toEqual([])
  await context.close()
})

test('without asks it says how to add one', async () => {
  const { url } = await serve()
  const { page, context } = await openScreen(browser, `${url}/asks`)
  await page.getByText('pulssi asks add').waitFor()
  await context.close()
})

test('a file shows them without a server', async () => {
  const folder = dataDir()
  const [config, file] = [join(folder, 'shop.json'), join(folder, 'asks.html')]
  const [mood, why] = CONFIG.asks
  const marked = { ...mood, text: { en: 'How was </script><!--<script> paying?' } }
  writeFileSync(config, JSON.stringify({ ...CONFIG, asks: [marked, why] }))
  expect((await pulssi(['asks', 'preview', 'why', '--config', config, '--out', file])).code).toBe(0)
  const { page, context, complaints } = await openScreen(browser, pathToFileURL(file).href)
  const visitor = page.frameLocator('iframe')
  await visitor.getByRole('radio', { name: 'Too dear' }).waitFor()
  await page.getByRole('button', { name: /^pay-mood/ }).click()
  await visitor.getByText('How was </script><!--<script> paying?').waitFor()
  expect(complaints).toEqual([])
  await context.close()
})
