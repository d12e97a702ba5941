import { ASK_FORMS } from '@pulssi/protocol/client'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from './chromium.js'
import { axeFindings } from './screen.js'
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

const INLINE = ASK_FORMS.map(
  kind => `<pulssi-ask inline comment touchpoint="a" kind="${kind}" text="So, ${kind}?" options="A|B"></pulssi-ask>`,
).join('')

test.each(['light', 'dark'] as const)('axe finds nothing wrong (%s)', async colorScheme => {
  const { page, card, context } = await open(`body=${encodeURIComponent(INLINE)}`, { colorScheme })
  await say(page, 'csat', { comment: true })
  await card.waitFor()
  expect(await axeFindings(page)).toEqual([])
  await card.locator('.option').first().click()
  expect(await axeFindings(page)).toEqual([])
  await context.close()
})

test.each([
  ['en', 'ltr', ''],
  ['ar', 'rtl', 'hostile'],
])('nothing sticks out or shrinks at any width, whatever the page does (%s %s %s)', async (lang, dir, hostile) => {
  const { page, card, context } = await open(`lang=${lang}&dir=${dir}&${hostile}`)
  for (const form of ASK_FORMS) {
    await say(page, form)
    for (const width of [320, 768, 1_440]) {
      await page.setViewportSize({ width, height: 640 })
      const box = await boxOf(card)
      expect(Math.min(box.x, box.y, width - box.right, 640 - box.bottom), `${form} at ${width}`).toBeGreaterThanOrEqual(
        0,
      )
      expect(box.width).toBe(width > 480 ? 400 : width)
      const small = await card
        .locator('button')
        .evaluateAll(
          buttons =>
            buttons
              .map(button => button.getBoundingClientRect())
              .filter(({ width, height }) => Math.min(width, height) < 44).length,
        )
      expect(small, `${form} at ${width}`).toBe(0)
      expect(await card.evaluate(node => node.scrollWidth - node.clientWidth), `${form} at ${width}`).toBe(0)
      if (width > 480) expect(dir === 'rtl' ? box.x : width - box.right).toBe(16)
    }
    await put(card)
  }
  await context.close()
})

test('swipes put it away; nothing moves by itself; forced colours leave all in sight', async () => {
  const { page, card, context, told } = await open('', {
    hasTouch: true,
    forcedColors: 'active',
    reducedMotion: 'no-preference',
  })
  await say(page, 'smiley')
  await card.waitFor()
  expect(await card.evaluate(node => node.getAnimations({ subtree: true }).length)).toBe(0)
  const [stroke, background] = await card.evaluate(node => {
    const path = node.querySelector('path') as Element
    return [getComputedStyle(path).stroke, getComputedStyle(node).backgroundColor]
  })
  expect(stroke).not.toBe(background)
  const touch = (type: string, clientX: number) =>
    card.evaluate(
      (node, [type, clientX]) => {
        const touch = new Touch({ identifier: 1, target: node, clientX: clientX as number, clientY: 0 })
        node.dispatchEvent(new TouchEvent(type as string, { touches: [touch], changedTouches: [touch] }))
      },
      [type, clientX] as const,
    )
  await touch('touchstart', 0)
  await touch('touchend', 50)
  expect(await card.count()).toBe(1)
  await touch('touchstart', 0)
  await touch('touchend', 70)
  expect(await card.count()).toBe(0)
  expect((await told()).asked.at(-1)?.[2]).toBe('dismissed')
  await context.close()
})
