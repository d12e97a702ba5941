import { createServer } from 'node:net'
import type { Journey } from '@pulssi/protocol/client'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, watchedContext } from './chromium.js'
import { dataFolder, startDemo } from './demo.js'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const journey = async (screenUrl: string): Promise<Journey> => {
  const answer = await fetch(`${screenUrl}/v1/journey?window=total`)
  expect(answer.status).toBe(200)
  return (await answer.json()) as Journey
}

test('simulated visitors make a page that moves; Ctrl-C ends all, and the next start goes on with the data', async () => {
  const folder = dataFolder()
  const demo = await startDemo({ folder, env: { PULSSI_SEED: '7' } })
  const { context, complaints } = await watchedContext(browser)
  const screen = await context.newPage()
  await screen.goto(demo.screenUrl)
  const views = screen.locator('[data-touchpoint="shop.home"] [data-figure="friction"] .meta')
  await views.filter({ hasText: /^n \d/ }).waitFor()
  const first = await views.textContent()
  await screen.waitForFunction(
    was => document.querySelector('[data-touchpoint="shop.home"] [data-figure="friction"] .meta')?.textContent !== was,
    first,
  )
  await screen.locator('[data-stage="attract"]').waitFor()
  expect(complaints).toEqual([])
  await context.close()

  const before = await journey(demo.screenUrl)
  expect(before.events).toMatchObject({ lost: 0, tooLate: 0, rejected: 0, bots: 0 })
  expect(await demo.end()).toBe(0)
  await expect(fetch(demo.shopUrl)).rejects.toThrow()
  await expect(fetch(demo.screenUrl)).rejects.toThrow()

  const again = await startDemo({ folder, args: ['--no-visitors'] })
  const after = await journey(again.screenUrl)
  expect(after.events.accepted).toBeGreaterThanOrEqual(before.events.accepted)
  expect(after.events.lost).toBe(0)
})

test('a port in use leads to the next free one', async () => {
  const taken = createServer()
  await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve))
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const demo = await startDemo({ args: ['--no-visitors'], env: { PULSSI_PORT: String(port), SHOP_PORT: String(port) } })
  const ports = [demo.screenUrl, demo.shopUrl].map(url => Number(new URL(url).port))
  for (const each of ports) expect(each).toBeGreaterThan(port)
  expect(new Set(ports).size).toBe(2)
  await new Promise(resolve => taken.close(resolve))
})

test('a bad port is refused with a sentence that names its variable', async () => {
  await expect(startDemo({ env: { SHOP_PORT: 'eight' } })).rejects.toThrow('SHOP_PORT must be a whole number')
  await expect(startDemo({ env: { PULSSI_PORT: '65536' } })).rejects.toThrow('PULSSI_PORT must be a port')
})
