// The live page: one subscription to everything, drawn as it comes. `live.min.js` has put `pulssiLive` on the page.
import { board, SHOWN_WINDOWS } from './board.js'
import { journeyLine, stageCard, touchpointRow } from './draw.js'

/** Rows of the table; a project with more touchpoints sees its worst ones. */
const ROWS_SHOWN = 200
const QUERY = { touchpoints: ['*', '~journey', '~stage.*'], windows: SHOWN_WINDOWS }
/** Codes of the wire that say that another token is needed, and 0: the SDK does not say. */
const ASK_AGAIN = new Set([0, 4401, 4403, 4440])

const at = id => document.getElementById(id)
const notice = at('notice')
const ask = at('ask')
const drawJourney = journeyLine(at('journey'))
const drawStages = keyed(at('stages'), stageCard)
const drawTouchpoints = keyed(at('touchpoints'), touchpointRow)

let live = null
/** The newest update; null until the first one. */
let update = null
let lastError = null
/** Whether the connection was opened with a token. */
let tried = false
let drawing = false

/** Keeps one element per name and the elements in the order of the rows; an element in place is left there. */
function keyed(container, make) {
  const made = new Map()
  return rows => {
    const names = new Set(rows.map(row => row.name))
    for (const [name, { node }] of made) {
      if (names.has(name)) continue
      node.remove()
      made.delete(name)
    }
    let next = container.firstChild
    for (const row of rows) {
      const kept = made.get(row.name) ?? make()
      made.set(row.name, kept)
      kept.update(row)
      if (kept.node === next) next = next.nextSibling
      else container.insertBefore(kept.node, next)
    }
  }
}

function connect(token) {
  live?.close()
  lastError = null
  tried = token !== null
  const opened = pulssiLive.createLive({
    url: new URL('/v1/ws', location.href).href,
    ...(token ? { token: () => token } : {}),
  })
  live = opened
  opened.on('error', error => {
    lastError = error
    draw()
  })
  opened.on('state', () => draw())
  opened.subscribe(QUERY, newest => {
    if (opened !== live) return
    lastError = null
    update = newest
    draw()
  })
  draw()
}

/**
 * Once for all that came at once. The server paces its updates; waiting for an animation frame would leave a window that
 * lies behind another a second late.
 */
function draw() {
  if (drawing) return
  drawing = true
  queueMicrotask(() => {
    drawing = false
    const rows = update === null ? null : board(update.pulses)
    drawState(rows)
    if (rows !== null) drawFigures(rows)
  })
}

function drawFigures({ journey, stages, touchpoints }) {
  at('figures').hidden = touchpoints.length === 0
  // A token for some touchpoints alone reads no roll-ups.
  at('journey').parentElement.hidden = journey === null
  at('stages').parentElement.hidden = stages.length === 0
  if (journey !== null) drawJourney(journey)
  drawStages(stages)
  drawTouchpoints(touchpoints.slice(0, ROWS_SHOWN))
  const more = touchpoints.length - ROWS_SHOWN
  at('more').hidden = more <= 0
  at('more').textContent = more > 0 ? `${more} more touchpoints are not shown.` : ''
}

function drawState(rows) {
  const state = live.state
  const empty = rows === null || rows.touchpoints.length === 0
  // This page never closes what it shows, so that `closed` is the server's last word.
  const denied = state === 'closed' && ASK_AGAIN.has(lastError?.code ?? 0)
  document.documentElement.dataset.state = state
  setText(at('status'), state === 'live' && empty ? 'live, no data yet' : state)
  const text = noticeFor(state, empty, denied)
  notice.hidden = text === ''
  setText(notice, text)
  if (denied && ask.hidden) {
    // Figures of a token that no longer holds don't stay on the screen.
    update = null
    at('figures').hidden = true
    ask.hidden = false
    at('token').focus()
  }
  if (state === 'live') ask.hidden = true
}

function noticeFor(state, empty, denied) {
  const told = lastError === null ? '' : ` ${sentence(lastError.message)}`
  const asOf = update === null ? '' : ` The figures are those of ${new Date(update.clock).toLocaleTimeString()}.`
  switch (state) {
    case 'connecting':
      return `Connecting to ${location.host} …${told}${asOf}`
    case 'stale':
      return `Nothing was heard from the server for a while.${asOf}`
    case 'closed':
      if (!denied) return `The server ended the connection.${told}${asOf} Load this page again.`
      return tried ? 'The server does not accept this token.' : ''
    default: {
      if (empty) return 'No data yet. The first touchpoint that a visitor enters appears here at once.'
      const behind = update?.stale.length ?? 0
      return behind > 0 ? `${behind} of the server's partitions lag behind: their newest events are missing here.` : ''
    }
  }
}

function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text
}

ask.addEventListener('submit', event => {
  event.preventDefault()
  const field = at('token')
  const token = field.value.trim()
  if (token === '') return
  field.value = ''
  ask.hidden = true
  connect(token)
})

// Narrow screens show the table as cards; browsers forget that it is a table unless told.
for (const [selector, role] of [
  ['table', 'table'],
  ['thead, tbody', 'rowgroup'],
  ['thead tr', 'row'],
  ['thead th', 'columnheader'],
]) {
  for (const node of document.querySelectorAll(selector)) node.setAttribute('role', role)
}

connect(null)
