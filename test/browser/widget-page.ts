import { ASK_FORMS } from '@pulssi/protocol/client'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { watchedContext } from './chromium.js'
import type { WidgetSite } from './widget-site.js'

interface Told {
  asked: unknown[][]
  answers: [touchpoint: string, feedback: Record<string, unknown>][]
}

export const openPage = async (browser: Browser, site: WidgetSite, query: string, options: BrowserContextOptions) => {
  const { context, complaints } = await watchedContext(browser, { reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  await page.goto(`${site.url}/?${query}`)
  const told = (): Promise<Told> => page.evaluate('({ asked, answers })')
  return { context, complaints, page, told, card: page.locator('pulssi-ask .card.over') }
}

let number = 0
const QUESTION = ['en', 'How was paying?', 'ar', 'كيف كان الدفع؟']
const OPTIONS = [
  ['en', 'Too dear', 'ar', 'غال جدا'],
  ['en', 'My card was refused, and nobody said why', 'ar', 'رفضت البطاقة'],
]
/** The server asks, in this form. Returns the ask's id. */
export const say = async (
  page: Page,
  form: string,
  more: { comment?: boolean; validMs?: number; text?: string[] } = {},
) => {
  const { comment = false, validMs = 60_000, text = QUESTION } = more
  const id = `mood.${++number}`
  const at = ASK_FORMS.indexOf(form as 'csat')
  const frame = [70, id, 'checkout.payment', at, text, form === 'choice' ? OPTIONS : [], comment, validMs]
  await page.evaluate(`say('ask', ${JSON.stringify(frame)})`)
  return id
}
/** Escape, where the focus is nowhere or in the card. */
export const put = async (card: Locator) => {
  await card.page().keyboard.press('Escape')
  await card.waitFor({ state: 'detached' })
}

export const boxOf = async (locator: Locator) => {
  const box = await locator.boundingBox()
  if (!box) throw new Error('not seen')
  return { ...box, right: box.x + box.width, bottom: box.y + box.height }
}
