// Turns rows into elements. Every name and text comes from outside and goes in as textContent only; what is already
// right is not touched, so that a change on the page is a change of a figure.

const SVG = 'http://www.w3.org/2000/svg'
const TRACK = { width: 112, height: 12, inset: 5 }
/** A pulse below is bad, from here up to the next one middling. */
const PULSE_MIDDLING = 50
const PULSE_GOOD = 70

const KINDS = {
  dropOff: { label: 'Drop-off', from: 0, to: 1, text: percent, none: 'no outcome yet' },
  sentiment: { label: 'Sentiment', from: -1, to: 1, text: signed, none: 'no answer yet' },
  friction: { label: 'Friction', from: 0, to: 1, text: percent, none: 'no visit yet' },
}

function percent(value) {
  return `${(value * 100).toFixed(1)} %`
}

function signed(value) {
  const text = Math.abs(value).toFixed(2)
  if (Number(text) === 0) return text
  return (value < 0 ? '−' : '+') + text
}

function element(name, className, role) {
  const made = document.createElement(name)
  if (className) made.className = className
  if (role) made.setAttribute('role', role)
  return made
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text
}

function setAttribute(node, name, value) {
  const text = String(value)
  if (node.getAttribute(name) !== text) node.setAttribute(name, text)
}

/** A pulse's cell: `update(figure)` writes the number and the window that it stands in. */
function pulseCell(tag, role) {
  const node = element(tag, 'figure pulse', role)
  node.dataset.figure = 'pulse'
  node.dataset.label = 'Pulse'
  const value = element('span', 'value')
  const meta = element('span', 'meta')
  node.append(value, meta)
  return {
    node,
    update: ({ value: pulse, window, believed }) => {
      node.dataset.believed = String(believed)
      node.dataset.grade = pulse === null ? 'none' : grade(pulse)
      setText(value, pulse === null ? '–' : String(pulse))
      setText(meta, believed ? window : pulse === null ? 'nothing known yet' : `${window} · not yet believed`)
    },
  }
}

function grade(pulse) {
  if (pulse < PULSE_MIDDLING) return 'bad'
  return pulse < PULSE_GOOD ? 'middling' : 'good'
}

/** A figure's cell: number, interval with baseline, n and window. */
function figureCell(kind, tag, role) {
  const { label, text, none, from, to } = KINDS[kind]
  const node = element(tag, 'figure', role)
  node.dataset.figure = kind
  node.dataset.label = label
  const value = element('span', 'value')
  const track = intervalTrack(from, to)
  const meta = element('span', 'meta')
  node.append(value, track.node, meta)
  return {
    node,
    update: figure => {
      node.dataset.believed = String(figure.believed)
      track.update(figure)
      if (figure.value === null) {
        setText(value, '–')
        setText(meta, none)
        setAttribute(node, 'title', `${label}: ${none}`)
        return
      }
      const belief = figure.believed ? '' : ' · not yet believed'
      setText(value, text(figure.value))
      setText(meta, `n ${figure.n.toLocaleString('en')} · ${figure.window}${belief}`)
      const baseline = figure.baseline === null ? '' : `, baseline ${text(figure.baseline)}`
      setAttribute(node, 'title', `${label} between ${text(figure.low)} and ${text(figure.high)} (95 %)${baseline}`)
    },
  }
}

function intervalTrack(from, to) {
  const { width, height, inset } = TRACK
  const node = document.createElementNS(SVG, 'svg')
  for (const [name, value] of Object.entries({
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    'aria-hidden': true,
  })) {
    setAttribute(node, name, value)
  }
  const x = value => inset + ((value - from) / (to - from)) * (width - 2 * inset)
  const line = (name, x1, x2, y1, y2) => {
    const made = document.createElementNS(SVG, 'line')
    made.setAttribute('class', name)
    for (const [key, value] of Object.entries({ x1, x2, y1, y2 })) setAttribute(made, key, value)
    node.append(made)
    return made
  }
  const middle = height / 2
  line('scale', inset, width - inset, middle, middle)
  if (from < 0) line('scale', x(0), x(0), 2, height - 2)
  const baseline = line('baseline', 0, 0, 1, height - 1)
  const range = line('range', 0, 0, middle, middle)
  const dot = document.createElementNS(SVG, 'circle')
  setAttribute(dot, 'r', 3.5)
  setAttribute(dot, 'cy', middle)
  node.append(dot)
  const show = (part, shown) => setAttribute(part, 'visibility', shown ? 'visible' : 'hidden')
  return {
    node,
    update: figure => {
      show(range, figure.value !== null)
      show(dot, figure.value !== null)
      show(baseline, figure.baseline !== null)
      if (figure.baseline !== null) for (const end of ['x1', 'x2']) setAttribute(baseline, end, x(figure.baseline))
      if (figure.value === null) return
      setAttribute(range, 'x1', x(figure.low))
      setAttribute(range, 'x2', x(figure.high))
      setAttribute(dot, 'cx', x(figure.value))
    },
  }
}

function activeCell(tag, role) {
  const node = element(tag, 'figure active', role)
  node.dataset.figure = 'active'
  node.dataset.label = 'Active'
  const value = element('span', 'value')
  node.append(value)
  return { node, update: active => setText(value, active.toLocaleString('en')) }
}

function cells(kinds, tag, role) {
  const made = kinds.map(kind => {
    if (kind === 'pulse') return [kind, pulseCell(tag, role)]
    if (kind === 'active') return [kind, activeCell(tag, role)]
    return [kind, figureCell(kind, tag, role)]
  })
  return {
    nodes: made.map(([, cell]) => cell.node),
    update: row => {
      for (const [kind, cell] of made) cell.update(row[kind])
    },
  }
}

/** The journey's line: a container that is filled once. */
export function journeyLine(container) {
  const { nodes, update } = cells(['pulse', 'dropOff', 'sentiment', 'friction', 'active'], 'div')
  container.append(...nodes)
  return update
}

export function stageCard() {
  const node = element('article', 'stage')
  const name = element('h3')
  const { nodes, update } = cells(['pulse', 'dropOff', 'sentiment', 'active'], 'div')
  node.append(name, ...nodes)
  return {
    node,
    update: row => {
      node.dataset.stage = row.name
      setText(name, row.name)
      update(row)
    },
  }
}

export function touchpointRow() {
  const node = element('tr', '', 'row')
  const head = element('th', 'name', 'rowheader')
  head.scope = 'row'
  const name = element('span', 'touchpoint')
  const place = element('span', 'meta')
  head.append(name, place)
  const { nodes, update } = cells(['pulse', 'dropOff', 'sentiment', 'friction', 'active'], 'td', 'cell')
  node.append(head, ...nodes)
  return {
    node,
    update: row => {
      node.dataset.touchpoint = row.name
      setText(name, row.name)
      setText(place, [row.channel, row.stage].filter(each => each !== null).join(' · '))
      update(row)
    },
  }
}
