import type { Page } from 'playwright-core'

/** A piece of a page as pages are, and a person who uses it. */
export interface Pattern {
  readonly name: string
  /** What a person who watched would call trouble, as names of signals. */
  readonly trouble: readonly string[]
  readonly html: string
  /** Runs after the page is there, in a function of its own. */
  readonly script?: string
  readonly use: (page: Page) => Promise<unknown>
}

/** Clicks so often, as fast as an impatient person. */
export const clickTimes = async (page: Page, selector: string, times: number): Promise<void> => {
  for (let n = 0; n < times; n++) await page.click(selector, { force: true, noWaitAfter: true, delay: 20 })
}

export const once = (selector: string) => (page: Page) => page.click(selector, { noWaitAfter: true })
