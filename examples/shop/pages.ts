import { readFile } from 'node:fs/promises'
import { TEAS, type Tea, TINS } from './catalogue.js'

interface Page {
  readonly file: string
  readonly title: string
  readonly touchpoint: string
}

export const PAGES: ReadonlyMap<string, Page> = new Map([
  ['/', { file: 'home.html', title: 'Tea worth the wait', touchpoint: 'shop.home' }],
  ['/product', { file: 'product.html', title: 'Tea', touchpoint: 'shop.product' }],
  ['/cart', { file: 'cart.html', title: 'Your cart', touchpoint: 'checkout.cart' }],
  ['/payment', { file: 'payment.html', title: 'Payment', touchpoint: 'checkout.payment' }],
  ['/thanks', { file: 'thanks.html', title: 'Thank you', touchpoint: 'checkout.thanks' }],
  ['/help', { file: 'help.html', title: 'Help', touchpoint: 'shop.help' }],
])

const STEPS: ReadonlyMap<string, string> = new Map([
  ['/cart', 'Cart'],
  ['/payment', 'Payment'],
  ['/thanks', 'Done'],
])

/** What is in the cart stands in the page's address: the shop keeps nothing, neither here nor in the browser. */
export interface Order {
  readonly tea: string
  readonly tins: number
}

/** An address that names no tea, or none that there is, gets this week's; so it goes with the tins. */
export function orderOf(query: URLSearchParams): Order {
  const [week = ''] = TEAS.keys()
  const tea = query.get('tea') ?? week
  const tins = Number(query.get('tins') ?? 1)
  return { tea: TEAS.has(tea) ? tea : week, tins: Number.isInteger(tins) && tins >= 1 && tins <= TINS ? tins : 1 }
}

export const queryOf = ({ tea, tins }: Order): string => `tea=${tea}&tins=${tins}`

type Values = Readonly<Record<string, string>>

/** What stands in pairs of braces is replaced by the value of this name. Throws where there is none. */
const fill = (text: string, values: Values): string =>
  text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`nothing is known of {{${name}}}`)
    return value
  })

const teaValues = (slug: string, tea: Tea): Values => {
  const { name, garden, taste, story, price, waterCelsius, steep, caffeine } = tea
  const text = { tea: slug, name, garden, taste, story, steep, caffeine }
  return { ...text, price: price.toFixed(2), waterCelsius: String(waterCelsius) }
}

const stepsAt = (path: string): string => {
  const items = [...STEPS].map(([at, name]) => `<li${at === path ? ' aria-current="step"' : ''}>${name}</li>`)
  return `<ol class="steps">${items.join('')}</ol>`
}

const optionsOf = (tins: number): string =>
  Array.from({ length: TINS }, (_, index) => index + 1)
    .map(count => `<option${count === tins ? ' selected' : ''}>${count}</option>`)
    .join('')

/** Renders pages from the files in `folder`, read anew each time: who changes one sees it at once. */
export const pageRenderer = (folder: URL) => {
  const read = (file: string): Promise<string> => readFile(new URL(file, folder), 'utf8')
  return async (path: string, order: Order, settings: Values): Promise<string | null> => {
    const page = PAGES.get(path)
    const tea = TEAS.get(order.tea)
    if (page === undefined || tea === undefined) return null
    const [layout, inner, card, question] = await Promise.all(
      ['layout.html', page.file, 'card.html', 'question.html'].map(read),
    )
    const { title, touchpoint } = page
    const values = {
      ...settings,
      ...teaValues(order.tea, tea),
      title: path === '/product' ? tea.name : title,
      touchpoint,
      total: (tea.price * order.tins).toFixed(2),
      tins: String(order.tins),
      tinsText: order.tins === 1 ? 'One tin' : `${order.tins} tins`,
      order: queryOf(order).replaceAll('&', '&amp;'),
      options: optionsOf(order.tins),
      steps: stepsAt(path),
      question: question ?? '',
      shelf: [...TEAS].map(([slug, each]) => fill(card ?? '', teaValues(slug, each))).join(''),
    }
    return fill(layout ?? '', { ...values, main: fill(inner ?? '', values) })
  }
}
