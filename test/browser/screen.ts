import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import { type Watched, watchedContext } from './chromium.js'

/** Posts events as a service; those without a time happen now. */
export const send = async (url: string, events: readonly object[]): Promise<void> => {
  const answer = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test', 'content-type': 'application/json' },
    body: JSON.stringify({ events: events.map(event => ({ at: Date.now(), ...event })) }),
  })
  expect(await answer.json()).toMatchObject({ accepted: events.length })
}

/** `count` visits of different visitors that reach their goal. */
export const visits = (touchpoint: string, count: number): object[] =>
  Array.from({ length: count }, (_, index) => [
    { visitor: `${touchpoint}-${index}`, kind: 'enter', touchpoint },
    { visitor: `${touchpoint}-${index}`, kind: 'goal', touchpoint },
  ]).flat()

/** The state of the connection, as the page shows it. */
export const stateIs = (page: Page, name: string): Promise<void> =>
  page.locator(`html[data-state="${name}"]`).waitFor({ timeout: 30_000 })

export const openScreen = async (
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Watched & { readonly page: Page }> => {
  const watched = await watchedContext(browser, { locale: 'en', ...options })
  const page = await watched.context.newPage()
  await page.goto(url)
  return { ...watched, page }
}

export const rowOf = (touchpoint: string): string => `[data-touchpoint="${touchpoint}"]`

/** What axe finds wrong on the page, with the elements. */
export const axeFindings = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe.source)
  const results = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: unknown[] }> } }
    return (await axe.run()) as { violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }
  })
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
  )
}
