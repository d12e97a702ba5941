import { SCALE_LEVELS, SCALES } from '@pulssi/protocol/client'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from './chromium.js'
import { boxOf, openPage, put, say } from './widget-page.js'
import { openWidgetSite, type WidgetSite } from './widget-site.js'

let browser: Browser
let site: WidgetSite
beforeAll(async () => {
  browser = await launch()
  site = await openWidgetSite()
})
afterAll(async () => {
  await browser.close()
  await site.close()
})

const open = (query = '', options: BrowserContextOptions = {}) => openPage(browser, site, query, options)

test('each scale is answered by mouse, touch and keyboard alone, and counted', async () => {
  const { page, card, complaints, context } = await open('', { hasTouch: true })
  for (const scale of SCALES) {
    await say(page, scale)
    await card.locator('.option').last().click()
    await put(card)
    await say(page, scale)
    await card.locator('.option').last().tap()
    await put(card)
    await say(page, scale)
    await page.locator('#name').focus()
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press(scale === 'csat' ? 'Enter' : 'Space')
    await put(card)
  }
  await page.evaluate('pulse.flush()')
  const { pulses } = await site.journey()
  const { sentiment } = pulses.find(({ touchpoint }) => touchpoint === 'checkout.payment') ?? {}
  for (const scale of SCALES) {
    const levels = Array(SCALE_LEVELS[scale].count).fill(0)
    levels[levels.length - 1] = 3
    expect(sentiment?.scales[scale], scale).toMatchObject({ levels, n: 3 })
  }
  expect(complaints).toEqual([])
  await context.close()
})

test('arrows, Home and End move and answer nothing; what is tapped can be taken back', async () => {
  const { page, card, told, context } = await open('lang=ar&dir=rtl')
  const id = await say(page, 'csat')
  const focused = () => page.evaluate("document.querySelector('pulssi-ask').shadowRoot.activeElement?.ariaLabel")
  await card.locator('.option').first().focus()
  for (const [key, name] of [
    ['ArrowLeft', '2/5 '],
    ['ArrowRight', '1/5 سيئ'],
    ['ArrowUp', '5/5 جيد'],
    ['ArrowDown', '1/5 سيئ'],
    ['End', '5/5 جيد'],
    ['Home', '1/5 سيئ'],
  ] as const) {
    await page.keyboard.press(key)
    expect(await focused()).toBe(name)
  }
  expect(await card.locator('.option[tabindex="0"]').count()).toBe(1)
  await page.keyboard.press('Enter')
  await card.locator('.undo').click()
  await page.getByRole('radiogroup', { name: 'كيف كان الدفع؟' }).waitFor()
  expect((await told()).answers).toEqual([])
  await page.keyboard.press('Escape')
  await expect.poll(async () => (await told()).asked.map(([, , result]) => result)).toEqual(['shown', 'dismissed'])
  expect((await told()).asked[1]).toEqual(['checkout.payment', id, 'dismissed'])
  await context.close()
})

test('a choice, a line of text and a comment go with the id of their ask', async () => {
  const { page, card, told, context } = await open()
  const choice = await say(page, 'choice')
  await page.getByRole('radio', { name: 'My card was refused' }).click()
  await put(card)
  const text = await say(page, 'text')
  await card.locator('input').fill('  <b>slow</b>  ')
  await page.keyboard.press('Enter')
  await put(card)
  const csat = await say(page, 'csat', { comment: true })
  await card.locator('.option').nth(1).click()
  await page.getByLabel('Comment').fill('x'.repeat(600))
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('Thank you!').waitFor()
  await card.waitFor({ state: 'detached' })
  expect((await told()).answers.map(([, answer]) => answer)).toEqual([
    { ask: choice, option: 1 },
    { ask: text, text: '<b>slow</b>' },
    { ask: csat, scale: 'csat', score: 2, comment: 'x'.repeat(500) },
  ])
  await context.close()
})

test('a page that goes sends what could still be taken back, once; without that it waits', async () => {
  const { page, card, told, context } = await open()
  await page.clock.install()
  await page.clock.pauseAt(Date.now() + 60_000)
  const id = await say(page, 'thumb')
  await card.locator('.option').first().click()
  await page.clock.runFor(4_900)
  expect((await told()).answers).toEqual([])
  await page.evaluate("dispatchEvent(new Event('pagehide')); dispatchEvent(new Event('pagehide'))")
  await page.clock.runFor(60_000)
  expect((await told()).answers).toEqual([['checkout.payment', { ask: id, scale: 'thumb', score: 0 }]])
  const other = await say(page, 'thumb')
  await card.locator('.option').last().click()
  await page.clock.runFor(5_100)
  expect((await told()).answers[1]).toEqual(['checkout.payment', { ask: other, scale: 'thumb', score: 1 }])
  await context.close()
})

test('a card goes before its ask is over, and an answer in it with it', async () => {
  const { page, card, told, context } = await open()
  await page.clock.install()
  await page.clock.pauseAt(Date.now() + 60_000)
  await say(page, 'thumb', { validMs: 10_000 })
  await card.waitFor()
  await page.clock.runFor(8_100)
  await card.waitFor({ state: 'detached' })
  expect((await told()).asked.map(([, , result]) => result)).not.toContain('dismissed')
  await say(page, 'thumb', { validMs: 10_000 })
  await page.clock.runFor(7_000)
  await card.locator('.option').first().click()
  await page.clock.runFor(1_100)
  expect((await told()).answers.length).toBe(1)
  await context.close()
})

test('it takes no focus, covers no field that has it, and leaves Escape to a field', async () => {
  const { page, card, told, context } = await open()
  await page.evaluate("document.querySelector('#name').style = 'position: fixed; right: 40px; bottom: 40px'")
  await page.locator('#name').focus()
  await say(page, 'nps')
  await card.waitFor()
  expect(await page.evaluate('document.activeElement.id')).toBe('name')
  const [field, box] = [await boxOf(page.locator('#name')), await boxOf(card)]
  expect(box.right).toBeLessThan(field.x)
  await page.keyboard.press('Escape')
  expect(await card.count()).toBe(1)
  await card.locator('.option').first().focus()
  await page.keyboard.press('Escape')
  await card.waitFor({ state: 'detached' })
  expect(await page.evaluate('document.activeElement.id')).toBe('name')
  expect((await told()).asked.at(-1)?.[2]).toBe('dismissed')
  await context.close()
})

test('one card at a time: a newer one comes before an untouched one, and waits for a touched one', async () => {
  const { page, card, context } = await open()
  await say(page, 'csat', { text: ['en', 'one'] })
  const id = await say(page, 'csat', { text: ['en', 'two'] })
  await page.evaluate(`say('ask', [70, '${id}', 'checkout.payment', 2, ['en', 'two again'], [], false, 60000])`)
  expect(await card.locator('.title').allTextContents()).toEqual(['two'])
  await card.locator('.option').first().focus()
  await page.evaluate("say('reply', [72, 'r.1', 'checkout.payment', 'three', 60000])")
  expect(await card.locator('.title').allTextContents()).toEqual(['two'])
  await page.keyboard.press('Escape')
  expect(await card.locator('.title').allTextContents()).toEqual(['three'])
  await context.close()
})

test('two copies of the widget share the element, and each shows what its own client hears', async () => {
  const { page, card, complaints, context } = await open('twice')
  const id = await page.evaluate(`
    pulssiWidget.attach({ ...client, on: (name, listener) => client.on('other ' + name, listener) })
    say('other ask', [70, 'late.1', 'checkout.payment', 0, ['en', 'So?'], [], false, 60000])
    'late.1'`)
  await card.locator('.option').last().click()
  await put(card)
  expect(await page.evaluate('answers')).toEqual([['checkout.payment', { ask: id, scale: 'thumb', score: 1 }]])
  expect(complaints).toEqual([])
  await context.close()
})

test('two copies of the widget attached to one client show one card, until it is detached', async () => {
  const { page, card, context } = await open('twice')
  expect(await page.evaluate('pulssiWidget.attach(client) === attached')).toBe(true)
  await say(page, 'thumb')
  await card.waitFor()
  expect(await card.count()).toBe(1)
  await page.evaluate('attached.detach()')
  expect(await page.evaluate('pulssiWidget.attach(client) === attached')).toBe(false)
  await context.close()
})

test('words are words: no markup, nothing that turns text around, no address but of the web', async () => {
  const { page, card, context, complaints } = await open()
  const text = '<img src=x onerror=alert(1)>\u202eevil\u001b[31m'
  for (const [href, count] of [
    ['javascript:alert(1)', 0],
    ['java\nscript:alert(1)', 0],
    ['data:text/html,x', 0],
    ['/help', 1],
    ['https://help.example/', 1],
  ] as const) {
    const frame = [71, `n.${href}`, 'checkout.payment', ['en', text], [href, ['en', 'Help']], 60_000]
    await page.evaluate(`say('nudge', ${JSON.stringify(frame)})`)
    expect(await card.locator('.title').textContent()).toBe('<img src=x onerror=alert(1)> evil [31m')
    expect(await card.locator('a').count(), href).toBe(count)
    await put(card)
  }
  expect(complaints).toEqual([])
  await context.close()
})

test('a question in the page waits for a client, by property or attached', async () => {
  const { page, context } = await open()
  const answers = await page.evaluate(`
    const main = document.querySelector('main')
    const add = (kind, more) => {
      const made = document.createElement('pulssi-ask')
      for (const [name, value] of Object.entries({ touchpoint: 'shop.home', kind, text: 'So?', inline: '', ...more })) made.setAttribute(name, value)
      main.append(made)
      return made
    }
    add('choice', { options: 'A|B' }).shadowRoot.querySelectorAll('.option')[1].click()
    const own = []
    const other = add('ces', { ask: 'mine' })
    other.pulse = { feedback: (...told) => own.push(told) }
    other.shadowRoot.querySelector('.option').click()
    dispatchEvent(new Event('pagehide'))
    new Promise(done => setTimeout(done)).then(() => [answers, own])`)
  expect(answers).toEqual([
    [['shop.home', { ask: 'choice', option: 1 }]],
    [['shop.home', { ask: 'mine', scale: 'ces', score: 1 }]],
  ])
  await context.close()
})
