// What the pages of leaving.test.ts run: the path says what to do, the fragment how.
const { pathname, hash } = location
const url = document.querySelector('script[data-server]').dataset.server
const report = (name, value) => fetch(`/report/${name}`, { method: 'POST', body: JSON.stringify(value ?? null) })

const page = crypto.randomUUID()
/** Survives the page, so that the test can add up what all pages were promised. */
const note = (name, count) => {
  const place = `${name} ${page}`
  localStorage[place] = Number(localStorage[place] ?? 0) + count
}

if (pathname === '/leave') {
  const send = navigator.sendBeacon.bind(navigator)
  navigator.sendBeacon = (target, body) => {
    const isAgreed = send(target, body)
    note(isAgreed ? 'agreed' : 'declined', JSON.parse(body).events.length)
    return isAgreed
  }
  const pulse = pulssi.createPulse({ url, key: 'pk_shop', identity: 'page' })
  const call = () => {
    pulse.enter('shop.page')
    pulse.feedback('shop.page', { scale: 'csat', score: 4 })
    pulse.goal('shop.page')
    note('called', 3)
  }
  // The page itself goes at once, before its socket stands, or is closed from outside once it does.
  if (hash === '#now') {
    call()
    addEventListener('pagehide', () => {
      pulse.leave('shop.page')
      note('called', 1)
    })
    location.replace('/gone')
  } else
    pulse.on('open', () => {
      call()
      document.title = 'called'
    })
}

if (pathname === '/kept') {
  const pulse = pulssi.createPulse({ url, key: 'pk_shop', identity: 'device' })
  let opened = 0
  pulse.on('open', () => opened++)
  addEventListener('pageshow', async ({ persisted }) => {
    pulse.enter(persisted ? 'shop.again' : 'shop.first')
    if (!persisted) {
      await pulse.flush()
      pulse.goal('shop.first')
      setTimeout(() => location.assign('/back'))
      return
    }
    await pulse.flush()
    report('kept', { opened, stats: pulse.stats(), visitor: pulse.visitor })
  })
}

if (pathname === '/back') setTimeout(() => history.back(), 100)

if (pathname === '/pending') {
  const pulse = pulssi.createPulse({ url, key: 'pk_shop', identity: 'device', consent: 'pending' })
  for (let n = 0; n < 150; n++) pulse.enter('shop.pending')
  document.title = JSON.stringify(pulse.stats())
}
