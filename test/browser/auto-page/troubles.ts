import { clickTimes, once, type Pattern } from './pattern.js'

/** What goes wrong on pages. */
export const TROUBLES: readonly Pattern[] = [
  { name: 'a button without a handler', trouble: ['dead'], html: '<button>Buy</button>', use: once('button') },
  {
    name: 'a link to nowhere',
    trouble: ['dead'],
    html: '<a href="#">Details</a>',
    script: `document.querySelector('a').onclick = event => event.preventDefault()`,
    use: once('a'),
  },
  {
    name: 'a tile that only looks like a link',
    trouble: ['dead'],
    html: '<div class="tile" style="cursor: pointer">Offer</div>',
    use: once('.tile'),
  },
  {
    name: 'a broken button, hammered',
    trouble: ['rage'],
    html: '<button>Pay</button>',
    use: page => clickTimes(page, 'button', 5),
  },
  {
    name: 'a form that does nothing when it is sent',
    trouble: ['dead'],
    html: '<form><label>E-mail <input name="email"></label><button>Send</button></form>',
    script: `document.querySelector('form').onsubmit = event => event.preventDefault()`,
    use: async page => {
      await page.type('input', 'a@b.example')
      await page.click('button')
    },
  },
  {
    name: 'a handler that throws',
    trouble: ['dead', 'error'],
    html: '<button>Apply</button>',
    script: `document.querySelector('button').onclick = () => { throw new Error('broken') }`,
    use: once('button'),
  },
  {
    name: 'a promise that nobody caught',
    trouble: ['error'],
    html: '<button>Apply</button><p></p>',
    script: `document.querySelector('button').onclick = async () => {
      document.querySelector('p').textContent = 'one moment'
      throw new Error('broken')
    }`,
    use: once('button'),
  },
  {
    name: 'a request that the server fails at',
    trouble: ['error-500'],
    html: '<button>Pay</button><p></p>',
    script: `document.querySelector('button').onclick = async () => {
      const { ok } = await fetch('/api/fail')
      document.querySelector('p').textContent = ok ? 'paid' : 'sorry'
    }`,
    use: async page => {
      await page.click('button')
      await page.getByText('sorry').waitFor()
    },
  },
  {
    name: 'a handler that blocks the page',
    trouble: ['slow'],
    html: '<button>Filter</button><p></p>',
    script: `document.querySelector('button').onclick = () => {
      const request = new XMLHttpRequest()
      request.open('GET', '/api/late', false)
      request.send()
      document.querySelector('p').textContent = 'done'
    }`,
    use: async page => {
      await page.click('button')
      await page.getByText('done').waitFor()
    },
  },
  {
    name: 'back at once',
    trouble: ['back'],
    html: '<button>Go</button>',
    script: `const own = location.pathname
    history.replaceState({}, '', '/elsewhere')
    document.querySelector('button').onclick = () => history.pushState({}, '', own)`,
    use: async page => {
      await page.click('button')
      await page.goBack()
    },
  },
  {
    name: 'a form that is given up',
    trouble: ['form-card'],
    html: '<form><input name="holder"><input name="card"><button>Pay</button></form><button id="away">Home</button>',
    script: `document.querySelector('#away').onclick = () => history.pushState({}, '', '/elsewhere')`,
    use: async page => {
      await page.type('[name=holder]', 'Aino')
      await page.type('[name=card]', '4111')
      await page.click('#away')
    },
  },
  {
    name: 'a dead button beside a clock that ticks',
    trouble: ['dead'],
    html: '<button>Buy</button><p>0</p>',
    script: `setInterval(() => { document.querySelector('p').textContent++ }, 1000)`,
    use: once('button'),
  },
]
