import type { Detail, History, Journey, Pulse } from '@pulssi/protocol/client'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch } from './chromium.js'
import { chartOf, openTouchpoint, section, startWorld, type World, ZONE } from './touchpoint-server.js'
import { HOSTILE, PAYMENT } from './touchpoint-world.js'

let browser: Browser
let world: World
beforeAll(async () => {
  ;[browser, world] = await Promise.all([launch(), startWorld()])
})
afterAll(() => Promise.all([browser.close(), world.close()]))

/** Text of a list as `what: count`. */
const listed = (page: Page, name: string): Promise<string[]> =>
  section(page, name)
    .locator('.tp-shares li')
    .evaluateAll(rows =>
      rows.map(row => {
        const [what, count] = [row.querySelector('.tp-what'), row.querySelector('.tp-number')]
        return `${what?.textContent}: ${count?.textContent?.replace(/^n /, '')}`
      }),
    )

describe('the opened touchpoint', () => {
  test('shows what the server knows of its window, under a strict policy', async () => {
    const { context, page, complaints } = await openTouchpoint(browser, world.url, PAYMENT)
    const detail = await world.read<Detail>('/v1/touchpoint', { touchpoint: PAYMENT, window: '24h' })
    const { pulses } = await world.read<{ pulses: Pulse[] }>('/v1/pulse', { touchpoint: PAYMENT, window: '24h' })
    const words: Record<string, string> = { error: 'errors', rage: 'rage clicks', form: 'form trouble' }
    await expect.poll(() => listed(page, 'from')).toEqual(detail.from.map(({ touchpoint, n }) => `${touchpoint}: ${n}`))
    expect(await listed(page, 'to')).toEqual(detail.to.map(({ touchpoint, n }) => `${touchpoint}: ${n}`))
    expect(await listed(page, 'left')).toEqual(
      detail.left.map(({ signal, n }) => `${signal === null ? 'without a signal' : (words[signal] ?? signal)}: ${n}`),
    )
    expect(await listed(page, 'recovered')).toEqual(detail.recovered.map(({ channel, n }) => `${channel}: ${n}`))
    const csat = pulses[0]?.sentiment.scales.csat
    const counts = section(page, 'answers-csat').locator('tbody td.tp-number:not(.tp-soft)')
    expect(await counts.allTextContents()).toEqual(csat?.levels.map(String).reverse())
    expect(await section(page, 'answers-csat').locator('caption').textContent()).toContain(`n ${csat?.n}`)
    expect(complaints).toEqual([])
    await context.close()
  })

  test('leads to the touchpoints around it, and back', async () => {
    const { context, page } = await openTouchpoint(browser, world.url, PAYMENT)
    await section(page, 'from').getByRole('link', { name: 'shop.cart' }).click()
    const heading = page.getByRole('heading', { level: 2, name: 'shop.cart' })
    await heading.waitFor()
    expect(await heading.evaluate(node => node === document.activeElement)).toBe(true)
    await page.getByRole('link', { name: 'All touchpoints' }).click()
    await page.locator('html[data-page="overview"]').waitFor()
    await context.close()
  })

  test('another window has its own figures', async () => {
    const { context, page } = await openTouchpoint(browser, world.url, PAYMENT)
    await page.getByRole('group', { name: 'Window' }).getByRole('radio', { name: 'total' }).check({ force: true })
    const { transitions } = await world.read<Journey>('/v1/journey', { window: 'total' })
    const to = transitions.filter(({ from }) => from === PAYMENT).sort((a, b) => b.n - a.n)
    const shown = () => listed(page, 'to').then(rows => rows.map(row => row.replace(/[^a-z0-9.:\s_-]/g, '')))
    await expect.poll(shown).toEqual(to.map(each => `${each.to}: ${each.n}`))
    await context.close()
  })

  test('a sum over touchpoints says what it is, and shows all that is said in it', async () => {
    const { context, page } = await openTouchpoint(browser, world.url, '~journey')
    await page.getByText('A sum over touchpoints. Its drop-off is per visit, not per customer.').waitFor()
    await section(page, 'from').getByText('no single step before or after').waitFor()
    await section(page, 'voices').getByText('card was declined twice').first().waitFor()
    await section(page, 'voices').getByRole('link', { name: PAYMENT }).first().waitFor()
    await chartOf(page)
    await context.close()
  })
})

describe('comments', () => {
  test('markup, direction marks and control characters come out as harmless text', async () => {
    const { context, page, complaints } = await openTouchpoint(browser, world.url, PAYMENT)
    const voices = section(page, 'voices')
    await voices.getByText(HOSTILE.markup).first().waitFor()
    expect(await voices.locator('img, script').count()).toBe(0)
    expect(await page.title()).not.toBe('owned')
    const texts = await voices.locator('blockquote').allTextContents()
    expect(texts).toContain('total %001 eerf was charged twice')
    expect(texts).toContain('bell and escape red')
    expect(texts.join('')).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
    const rtl = voices.locator('bdi', { hasText: HOSTILE.rtl }).first()
    expect(await rtl.evaluate(node => getComputedStyle(node).direction)).toBe('rtl')
    const after = voices.locator('blockquote', { hasText: HOSTILE.rtl }).first().locator('xpath=following-sibling::p')
    expect(await after.evaluate(node => getComputedStyle(node).direction)).toBe('ltr')
    expect(complaints).toEqual([])
    await context.close()
  })

  test('a long one is cut, and can be read on', async () => {
    const { context, page } = await openTouchpoint(browser, world.url, PAYMENT)
    const long = section(page, 'voices').locator('li', { hasText: 'The end.' }).first()
    const quote = long.locator('blockquote')
    const isCut = () => quote.evaluate(node => node.scrollHeight > node.clientHeight)
    await long.getByRole('button', { name: 'more' }).waitFor()
    expect(await isCut()).toBe(true)
    await long.getByRole('button', { name: 'more' }).click()
    await long.getByRole('button', { name: 'less' }).waitFor()
    expect(await isCut()).toBe(false)
    await context.close()
  })
})

const historyOf = (step: string, days: number, clock: number): Promise<History> => {
  const parameters = { touchpoint: PAYMENT, step, zone: ZONE, from: clock - days * 86_400_000, to: clock }
  return world.read<History>('/v1/history', parameters)
}

const clockOf = async (): Promise<number> => (await world.read<Journey>('/v1/journey', { window: 'total' })).clock

/** Rows of the table beneath the chart, opened. */
const tableOf = async (page: Page): Promise<string[][]> => {
  const history = section(page, 'history')
  await history.getByText('The same as a table').click()
  await history.locator('tbody tr').first().waitFor()
  return history
    .locator('tbody tr')
    .evaluateAll(rows => rows.map(row => [...row.children].map(cell => cell.textContent ?? '')))
}

describe('history', () => {
  test.each([
    ['24 hours', 'quarter', 1],
    ['7 days', 'hour', 7],
    ['90 days', 'day', 90],
  ])('%s: the table holds every row of the server, and a gap for each stretch without', async (label, step, days) => {
    const { context, page, complaints } = await openTouchpoint(browser, world.url, PAYMENT)
    const history = section(page, 'history')
    await history.getByRole('radio', { name: 'Visits' }).check({ force: true })
    await history.getByRole('radio', { name: label }).check({ force: true })
    await page
      .getByRole('slider', { name: `${PAYMENT}: Visits, ${label}` })
      .locator('canvas')
      .waitFor()
    const rows = await tableOf(page)
    const expected = (await historyOf(step, days, await clockOf())).rows
    const counted = rows.filter(([, value]) => value !== 'nothing counted')
    expect(counted.map(([, value]) => value)).toEqual(expected.map(({ visits }) => String(visits.entered)))
    const gaps = expected.filter((row, at) => at > 0 && row.from > (expected[at - 1]?.to ?? 0)).length
    expect(rows.length - counted.length).toBeGreaterThanOrEqual(gaps)
    expect(rows.length - counted.length).toBeLessThanOrEqual(gaps + 2)
    expect(complaints).toEqual([])
    await context.close()
  })

  test('the file holds what is shown', async () => {
    const { context, page } = await openTouchpoint(browser, world.url, PAYMENT)
    await section(page, 'history').getByRole('radio', { name: '7 days' }).check({ force: true })
    await page.getByRole('slider', { name: '7 days' }).locator('canvas').waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      section(page, 'history').getByRole('button', { name: 'Download CSV' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/^pulssi-checkout\.payment-hour-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/)
    const chunks: Buffer[] = []
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
    const [head = '', ...lines] = Buffer.concat(chunks).toString().trimEnd().split('\r\n')
    const column = (line: string, name: string): string => line.split(',')[head.split(',').indexOf(name)] ?? ''
    const inFile = lines.map(line => ['touchpoint', 'from', 'to', 'entered', 'dropped'].map(name => column(line, name)))
    const { rows } = await historyOf('hour', 7, await clockOf())
    const iso = (at: number): string => new Date(at).toISOString()
    expect(inFile).toEqual(
      rows.map(({ touchpoint, from, to, visits }) => [
        touchpoint,
        iso(from),
        iso(to),
        String(visits.entered),
        String(visits.dropped),
      ]),
    )
    await context.close()
  })
})

test('the heat table holds all visits of four weeks, each in its hour of the zone', async () => {
  const { context, page } = await openTouchpoint(browser, world.url, PAYMENT)
  const heat = section(page, 'heat')
  await heat.scrollIntoViewIfNeeded()
  await heat.getByRole('radio', { name: 'Visits' }).check({ force: true })
  await heat.getByRole('table', { name: /^Visits of the last 28 days.*Europe\/Helsinki/ }).waitFor()
  const shown = await heat
    .locator('tbody tr')
    .evaluateAll(rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => Number(cell.textContent) || 0)))
  const expected = Array.from({ length: 7 }, () => new Array<number>(24).fill(0))
  const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
  for (const { from, visits } of (await historyOf('hour', 28, await clockOf())).rows) {
    const told = new Date(from).toLocaleString('en-GB', { timeZone: ZONE, weekday: 'short', hour: '2-digit' })
    const [day = '', hour = ''] = told.split(', ')
    const row = expected[days.indexOf(day)]
    if (row !== undefined) row[Number(hour)] = (row[Number(hour)] ?? 0) + visits.entered
  }
  expect(shown).toEqual(expected)
  await context.close()
})
