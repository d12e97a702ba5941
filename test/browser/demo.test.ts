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

const entered = ({ pulses }: Journey): number => pulses.reduce((sum, { visits }) => sum + visits.entered, 0)

test('simulated visitors make a page that moves; Ctrl-C ends all, and the next start goes on with the data', async () => {
  const folder = dataFolder()
  const demo = await startDemo({ folder, args: ['--seed', '7', '--past', '1'] })
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
  expect(before.events).toMatchObject({ lost: 0, duplicates: 0, tooLate: 0, rejected: 0, bots: 0 })
  expect(await demo.end()).toBe(0)
  await expect(fetch(demo.shopUrl)).rejects.toThrow()
  await expect(fetch(demo.screenUrl)).rejects.toThrow()

  const again = await startDemo({ folder, args: ['--no-visitors'] })
  const after = await journey(again.screenUrl)
  expect(after.events.accepted).toBeGreaterThanOrEqual(before.events.accepted)
  expect(entered(after)).toBeGreaterThanOrEqual(entered(before))
  expect(after.events.lost).toBe(0)
})

test('the past is told once: a folder that has one gets no second', async () => {
  const folder = dataFolder()
  const count = async (args: readonly string[]): Promise<number> => {
    const demo = await startDemo({ folder, args: ['--seed', '7', '--past', '6', '--rate', '0.01', ...args] })
    const { events } = await journey(demo.screenUrl)
    expect(await demo.end()).toBe(0)
    return events.accepted
  }
  const first = await count([])
  expect(first).toBeGreaterThan(10)
  expect(await count([])).toBeLessThan(first * 1.5)
})

test('a port in use leads to the next free one', async () => {
  const taken = createServer()
  await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve))
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const demo = await startDemo({ args: ['--no-visitors', '--port', String(port)] })
  const ports = [demo.screenUrl, demo.shopUrl].map(url => Number(new URL(url).port))
  for (const each of ports) expect(each).toBeGreaterThan(port)
  expect(new Set(ports).size).toBe(2)
  await new Promise(resolve => taken.close(resolve))
})

test('what cannot be is refused with a sentence that names the option', async () => {
  await expect(startDemo({ args: ['--port', '65536'] })).rejects.toThrow(
    "'--port <number>' argument '65536' is invalid",
  )
  await expect(startDemo({ args: ['--rate', '0'] })).rejects.toThrow("'--rate <number>' argument '0' is invalid")
  await expect(startDemo({ args: ['--past', '24'] })).rejects.toThrow("'--past <hours>' argument '24' is invalid")
})

test('two demos do not share a folder', async () => {
  const folder = dataFolder()
  await startDemo({ folder, args: ['--no-visitors'] })
  await expect(startDemo({ folder, args: ['--no-visitors'] })).rejects.toThrow(folder)
})
