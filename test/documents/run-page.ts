import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect } from 'vitest'
import { launch, watchedContext } from '../browser/chromium.js'
import type { Block } from './blocks.js'
import { visitsOf, type World } from './world.js'

/** Opens the block as a page of another origin, clicks every button in it, and looks for its touchpoint. */
export const runPage = async ({ text }: Block, world: World): Promise<void> => {
  const touchpoint = /enter\('([^']+)'|data-pulssi-touchpoint="([^"]+)"/.exec(text)?.slice(1).find(Boolean) ?? ''
  const host = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end(`<!doctype html><link rel="icon" href="data:">${world.here(text)}`)
  }).listen(0, '127.0.0.1')
  await once(host, 'listening')
  const browser = await launch()
  try {
    const { context, complaints } = await watchedContext(browser)
    const page = await context.newPage()
    await page.goto(`http://127.0.0.1:${(host.address() as { port: number }).port}/`)
    for (const button of await page.locator('button').all()) await button.click()
    const isGoal = text.includes('data-pulssi-goal')
    await expect.poll(() => visitsOf(world, touchpoint)).toMatchObject({ entered: 1, completed: isGoal ? 1 : 0 })
    expect(complaints).toEqual([])
  } finally {
    await browser.close()
    host.close()
  }
}
