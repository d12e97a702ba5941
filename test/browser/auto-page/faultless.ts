import { once, type Pattern } from './pattern.js'

const READING_MS = 10_000

/** What sounds like an error or a form given up, and is none. */
export const FAULTLESS: readonly Pattern[] = [
  {
    name: 'a dialog of the browser',
    trouble: [],
    html: '<button>Delete</button>',
    script: `document.querySelector('button').onclick = () => alert('Sure?')`,
    use: async page => {
      const asked = page.waitForEvent('dialog')
      const clicked = page.click('button', { noWaitAfter: true })
      const dialog = await asked
      await dialog.accept()
      await clicked
      // So long a person reads, while the page stands still.
      await page.clock.fastForward(READING_MS)
    },
  },
  {
    name: 'a form that is sent by a script',
    trouble: [],
    html: '<form><input name="email"><button type="button">Send</button></form><p></p>',
    script: `document.querySelector('button').onclick = () => {
      document.querySelector('p').textContent = 'thanks'
      setTimeout(() => history.pushState({}, '', '/elsewhere'))
    }`,
    use: async page => {
      await page.type('input', 'a@b.example')
      await page.click('button')
      await page.waitForURL(/elsewhere/)
    },
  },
  {
    name: 'a search that is left',
    trouble: [],
    html: '<form role="search"><input name="q"></form><button>Home</button>',
    script: `document.querySelector('button').onclick = () => history.pushState({}, '', '/elsewhere')`,
    use: async page => {
      await page.type('input', 'tea')
      await page.click('button')
    },
  },
  {
    name: 'a request that is given up',
    trouble: [],
    html: '<button>Suggest</button><p></p>',
    script: `document.querySelector('button').onclick = () => {
      const aborting = new AbortController()
      fetch('/api/late', { signal: aborting.signal })
      aborting.abort()
      document.querySelector('p').textContent = 'done'
    }`,
    use: once('button'),
  },
  {
    name: 'noise of observers and of others’ scripts',
    trouble: [],
    html: '<div id="box">box</div>',
    script: `const box = document.querySelector('#box')
    new ResizeObserver(() => { box.style.height = box.offsetHeight + 1 + 'px' }).observe(box)
    dispatchEvent(new ErrorEvent('error', { message: 'Script error.' }))`,
    use: page => page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))),
  },
]
