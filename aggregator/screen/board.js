// What the page shows of the pulses that it has: which window of each figure, and in which order. No DOM here.

/** Shortest first; `total` stands for whatever none of them believes. */
const SHORTEST_FIRST = ['1m', '5m', '15m', '1h', '24h']
export const SHOWN_WINDOWS = [...SHORTEST_FIRST, 'total']
/** The order of stages is not on the wire: those that every project starts with, then others by name. */
const STAGES = ['attract', 'convert', 'close', 'advocate']
const STAGE_PREFIX = '~stage.'
const JOURNEY = '~journey'

/**
 * Rows for the journey, the stages and the touchpoints; a row is `{name, channel, stage, active, pulse, dropOff,
 * sentiment, friction}`, a figure `{window, value, low, high, n, believed, baseline}` with value null where n is 0.
 */
export function board(pulses) {
  const rows = [...byTouchpoint(pulses)].map(([name, windows]) => row(name, windows))
  return {
    journey: rows.find(each => each.name === JOURNEY) ?? null,
    stages: rows
      .filter(each => each.name.startsWith(STAGE_PREFIX))
      .map(stageRow)
      .sort(byStage),
    touchpoints: rows.filter(each => !each.name.startsWith('~') || each.name === '~other').sort(worstFirst),
  }
}

function byTouchpoint(pulses) {
  const found = new Map()
  for (const pulse of pulses) {
    const windows = found.get(pulse.touchpoint) ?? new Map()
    found.set(pulse.touchpoint, windows.set(pulse.window, pulse))
  }
  return found
}

function row(name, windows) {
  const total = windows.get('total') ?? [...windows.values()].at(-1)
  return {
    name,
    channel: total.channel,
    stage: total.stage,
    active: total.visits.active,
    pulse: pulseFigure(windows, total),
    dropOff: figure(windows, total, pulse => pulse.dropOff),
    sentiment: figure(windows, total, pulse => ({ ...pulse.sentiment, rate: pulse.sentiment.score })),
    friction: figure(windows, total, pulse => pulse.friction),
  }
}

function figure(windows, total, part) {
  const window = SHORTEST_FIRST.find(each => windows.has(each) && part(windows.get(each)).believed) ?? total.window
  const { rate, low, high, n, believed, baseline } = part(windows.get(window))
  return { window, value: rate, low, high, n, believed, baseline }
}

/**
 * A pulse is as good as its parts: its window is the shortest one in which each part that is known at all is believed,
 * so that it does not swing between windows with and without answers.
 */
function pulseFigure(windows, total) {
  const parts = [pulse => pulse.dropOff, pulse => pulse.sentiment, pulse => pulse.friction]
  const known = parts.filter(part => part(total).n > 0)
  const holds = each => windows.has(each) && known.length > 0 && known.every(part => part(windows.get(each)).believed)
  const window = SHORTEST_FIRST.find(holds)
  const value = windows.get(window ?? total.window).pulse
  return { window: window ?? total.window, value, believed: window !== undefined || holds('total') }
}

function stageRow(each) {
  return { ...each, name: each.name.slice(STAGE_PREFIX.length) }
}

function byStage(a, b) {
  const place = each => (STAGES.indexOf(each.name) + STAGES.length + 1) % (STAGES.length + 1)
  return place(a) - place(b) || byName(a, b)
}

/** One angry visitor does not lead the list: what is believed comes first, and what has no pulse comes last. */
function worstFirst(a, b) {
  const rank = each => (each.pulse.value === null ? 2 : each.pulse.believed ? 0 : 1)
  return rank(a) - rank(b) || (a.pulse.value ?? 0) - (b.pulse.value ?? 0) || byName(a, b)
}

function byName(a, b) {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}
