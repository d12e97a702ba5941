import type { Page } from 'playwright-core'
import { clickTimes, once, type Pattern } from './pattern.js'

const works = (name: string, html: string, script: string, use: (page: Page) => Promise<unknown>): Pattern => ({
  name,
  trouble: [],
  html,
  script,
  use,
})
const q = `const $ = selector => document.querySelector(selector);`

/** What people do with things that work. */
export const HABITS: readonly Pattern[] = [
  works(
    'a calendar, next, next, next',
    '<button>next</button><table><tr><td>0</td></tr></table>',
    `${q} $('button').onclick = () => { $('td').textContent++ }`,
    page => clickTimes(page, 'button', 8),
  ),
  works(
    'a carousel, clicked on beyond its end',
    '<div class="rail">A B C</div><button>next</button>',
    `${q} let n = 0; $('button').onclick = () => { if (n < 3) $('.rail').style.translate = -100 * ++n + 'px' }`,
    page => clickTimes(page, 'button', 8),
  ),
  works(
    'a carousel that scrolls',
    '<div class="rail" style="overflow: auto; width: 200px"><div style="width: 5000px">.</div></div><button>next</button>',
    `${q} $('button').onclick = () => $('.rail').scrollBy(100, 0)`,
    page => clickTimes(page, 'button', 5),
  ),
  works(
    'a stepper of a number field',
    '<div><input type="number" value="1"><button>+</button></div>',
    `${q} $('button').onclick = () => { $('input').value++ }`,
    page => clickTimes(page, 'button', 6),
  ),
  works(
    'a stepper of a text field',
    '<div><input value="1"><button>+</button></div>',
    `${q} $('button').onclick = () => { $('input').value++ }`,
    page => clickTimes(page, 'button', 6),
  ),
  works(
    'a game on a canvas',
    '<canvas style="cursor: pointer" width="200" height="200"></canvas>',
    `${q} $('canvas').onclick = ({ offsetX }) => $('canvas').getContext('2d').fillRect(offsetX, 0, 9, 9)`,
    page => clickTimes(page, 'canvas', 10),
  ),
  works(
    'a game of elements',
    '<button>mole</button>',
    `${q} let n = 0; $('button').onclick = () => { $('button').style.left = ++n + 'px' }`,
    page => clickTimes(page, 'button', 10),
  ),
  works(
    'a user who double-clicks everything',
    '<button>Add</button><ul></ul>',
    `${q} $('button').onclick = () => $('ul').append('tea')`,
    page => page.dblclick('button'),
  ),
  works('text selected by three clicks', '<p>Free delivery from 50 euros on</p>', '', page =>
    page.click('p', { clickCount: 3 }),
  ),
  works(
    'a slow network, with a spinner',
    '<button>Pay</button><p></p>',
    `${q} $('button').onclick = async () => {
      $('p').textContent = '…'
      await fetch('/api/late')
      $('p').textContent = 'paid'
    }`,
    async page => {
      await clickTimes(page, 'button', 2)
      await page.getByText('paid').waitFor()
    },
  ),
  works(
    'a slow network, with nothing to see',
    '<button>Save</button>',
    `${q} $('button').onclick = () => fetch('/api/late')`,
    async page => {
      const answered = page.waitForResponse(/late/)
      await page.click('button')
      await answered
    },
  ),
  works(
    'a copy button without a word',
    '<button class="btn-copy">Copy</button>',
    `${q} $('button').onclick = () => navigator.clipboard?.writeText('CODE').catch(() => {})`,
    once('button'),
  ),
  works(
    'a download made by a script',
    '<button>Export</button>',
    `${q} $('button').onclick = () => {
      const link = Object.assign(document.createElement('a'), { href: 'data:text/csv,1', download: 'a.csv' })
      link.click()
    }`,
    once('button'),
  ),
  works('a link into a new tab', '<a href="/other" target="_blank">Terms</a>', '', once('a')),
  works('a mail address', '<a href="mailto:desk@shop.example">Write to us</a>', '', page => clickTimes(page, 'a', 3)),
  works(
    'a button that is switched off, with a tooltip',
    '<button aria-disabled="true" title="Choose a size first">Add</button>',
    '',
    page => clickTimes(page, 'button', 3),
  ),
  works('details', '<details><summary style="cursor: pointer">More</summary>text</details>', '', page =>
    clickTimes(page, 'summary', 5),
  ),
  works(
    'labels of boxes and of what is chosen already',
    '<label style="cursor: pointer" id="a"><input type="checkbox"> Gift</label>' +
      '<label style="cursor: pointer" id="b"><input type="radio" checked> Post</label>',
    '',
    async page => {
      await clickTimes(page, '#a', 4)
      await clickTimes(page, '#b', 3)
    },
  ),
  works(
    'a menu that opens on the press',
    '<button>Sort</button><ul hidden><li>Price</li></ul>',
    `${q} $('button').onpointerdown = () => { $('ul').hidden = !$('ul').hidden }`,
    once('button'),
  ),
  works(
    'a menu of style alone',
    '<style>.menu ul { display: none } .menu:focus-within ul { display: block }</style>' +
      '<div class="menu"><button>Account</button><ul><li>Orders</li></ul></div>',
    '',
    once('button'),
  ),
  works(
    'a counter in a shadow tree',
    '<x-counter></x-counter>',
    `customElements.define('x-counter', class extends HTMLElement {
      connectedCallback() {
        const root = this.attachShadow({ mode: 'open' })
        root.innerHTML = '<button>+</button><b>0</b>'
        root.querySelector('button').onclick = () => { root.querySelector('b').textContent++ }
      }
    })`,
    page => clickTimes(page, 'x-counter button', 5),
  ),
  works(
    'a counter in a closed shadow tree',
    '<x-counter></x-counter>',
    `customElements.define('x-counter', class extends HTMLElement {
      connectedCallback() {
        const root = this.attachShadow({ mode: 'closed' })
        root.innerHTML = '<button>+</button><b>0</b>'
        root.querySelector('button').onclick = () => { root.querySelector('b').textContent++ }
      }
    })`,
    page => clickTimes(page, 'x-counter', 5),
  ),
  works(
    'a slider that is dragged',
    '<div class="thumb" style="cursor: pointer; width: 40px; height: 40px; position: absolute; background: navy"></div>',
    `${q} let drags = false
    $('.thumb').onpointerdown = () => { drags = true }
    addEventListener('pointermove', ({ clientX }) => { if (drags) $('.thumb').style.left = clientX - 20 + 'px' })
    addEventListener('pointerup', () => { drags = false })`,
    async page => {
      await page.hover('.thumb')
      await page.mouse.down()
      await page.mouse.move(200, 30, { steps: 4 })
      await page.mouse.up()
    },
  ),
  works(
    'buttons of a player',
    '<div><video></video><div><button>−10 s</button></div></div>',
    `${q} $('button').onclick = () => { $('video').currentTime -= 10 }`,
    page => clickTimes(page, 'button', 4),
  ),
  works(
    'buttons of a map',
    '<div class="map"><canvas></canvas><div><div><button>+</button></div></div></div>',
    `${q} $('button').onclick = () => $('canvas').getContext('2d').scale(2, 2)`,
    page => clickTimes(page, 'button', 4),
  ),
  works(
    'the tab that is open already',
    '<div role="tab" aria-selected="true" style="cursor: pointer">Specs</div>',
    '',
    page => clickTimes(page, '[role=tab]', 2),
  ),
]
