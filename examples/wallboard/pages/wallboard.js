// A wall display of one's own: the touchpoints that lose most visitors, from one subscription of live.min.js.
/* global pulssiLive */
const SHOWN = 8
const WINDOWS = ['5m', '15m', '1h', 'total']
const board = document.getElementById('board')
const state = document.getElementById('state')

/** The shortest window that believes the touchpoint's drop-off; its longest where none does. */
function shown(pulses) {
  const inOrder = WINDOWS.map(window => pulses.find(pulse => pulse.window === window)).filter(Boolean)
  return inOrder.find(pulse => pulse.dropOff.believed) ?? inOrder.at(-1)
}

function line({ touchpoint, window, dropOff, visits }) {
  const item = document.createElement('li')
  item.dataset.believed = dropOff.believed
  for (const [name, text] of [
    ['name', touchpoint],
    ['rate', dropOff.rate === null ? '–' : `${Math.round(dropOff.rate * 100)} %`],
    ['note', `${dropOff.believed ? '' : 'not yet believed · '}n ${dropOff.n} · ${window} · ${visits.active} here now`],
  ]) {
    const part = document.createElement('span')
    part.className = name
    part.textContent = text
    item.append(part)
  }
  return item
}

const live = pulssiLive.createLive({ url: document.body.dataset.server })
live.on('state', now => {
  document.body.dataset.state = now
  state.textContent = now
})
live.on('error', ({ message }) => {
  state.textContent = message
})
live.subscribe({ touchpoints: ['*'], windows: WINDOWS }, ({ pulses }) => {
  const rank = ({ dropOff }) => (dropOff.believed ? 1 : 0) + (dropOff.rate ?? -1)
  const worst = [...Map.groupBy(pulses, pulse => pulse.touchpoint).values()]
    .map(shown)
    .sort((a, b) => rank(b) - rank(a))
    .slice(0, SHOWN)
  board.replaceChildren(...worst.map(line))
})
