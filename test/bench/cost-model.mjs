/** What a cluster takes, from measured figures; linear, where nothing else was measured. */

const GB = 1e9
const MB = 1e6
const HOUR_SECONDS = 3_600
/** The log keeps up to a sixteenth more than its retention. */
const KEPT_SHARE = 1 + 1 / 16

export const ASSUMED = {
  eventsAFrame: 4,
  /** The busiest minute beside the mean one. */
  peak: 3,
  /** How full cores may be then. */
  load: 0.6,
  /** Of one visitor in 72 h, as long as a visitor is remembered. */
  eventsAVisitor: 100,
  replicas: 3,
  retentionHours: 72,
  coresANode: 4,
  /** The same for every size; more of them cost more, and allow more workers. */
  partitions: 16,
}

/** CPU seconds of an event in frames of `eventsAFrame`, from those in frames of one and of twenty. */
export const perEvent = ({ single, twenty }, eventsAFrame) => {
  const frame = Math.max(0, (single - twenty) / (1 - 1 / 20))
  return Math.max(0, single - frame) + frame / eventsAFrame
}

/**
 * `figures`, each for the processes gateway, worker and nats (all of its nodes): `fixed`, cores that they take while
 * hardly anything comes, and `cpu`, CPU seconds an event on top, in frames of one and of twenty. Bytes: `logSecond` of
 * a log without events, `logEvent` (single, twenty), `busSecond`, `visitor`, `idle` of a worker and of a gateway.
 */
export const needs = (figures, eventsAMinute, assumed = ASSUMED) => {
  const { eventsAFrame, peak, load, eventsAVisitor, replicas, retentionHours, coresANode } = assumed
  const mean = eventsAMinute / 60
  const cores = name => (figures.fixed[name] + perEvent(figures.cpu[name], eventsAFrame) * mean * peak) / load
  const logEvent = perEvent(figures.logEvent, eventsAFrame)
  const logBytes = (figures.logSecond + mean * logEvent) * retentionHours * HOUR_SECONDS * KEPT_SHARE
  const visitors = (eventsAMinute * 60 * 72) / eventsAVisitor
  const gateways = Math.max(2, Math.ceil(cores('gateway')))
  const workers = Math.max(2, Math.ceil(cores('worker')))
  // In from a gateway, out to the other replicas and to a worker; partials go from each worker to every gateway.
  const netBytes = mean * peak * logEvent * (replicas + 1) + figures.busSecond * (1 + gateways)
  return {
    eventsAMinute,
    gateways,
    workers,
    nodes: Math.max(replicas, Math.ceil(cores('nats') / coresANode)),
    nodeCores: cores('nats'),
    diskGb: (logBytes * replicas) / GB,
    memoryGb: (visitors * figures.visitor + workers * figures.idle.worker + gateways * figures.idle.gateway) / GB,
    visitors,
    netMb: netBytes / MB,
  }
}

const whole = value => Math.round(value).toLocaleString('en')
const short = value => (value < 10 ? value.toFixed(1) : whole(value))

/** Lines for a README: the table, and what was assumed. */
export const written = (figures, sizes, assumed = ASSUMED) => {
  const head = ['events a minute', 'gateways', 'workers', 'NATS nodes', 'log on disk', 'memory', 'network']
  const rows = sizes.map(size => {
    const { gateways, workers, nodes, nodeCores, diskGb, memoryGb, visitors, netMb } = needs(figures, size, assumed)
    return [
      whole(size),
      whole(gateways),
      whole(workers),
      `${whole(nodes)} (${short(nodeCores)} cores in all)`,
      `${short(diskGb)} GB`,
      `${short(memoryGb)} GB for ${whole(visitors)} visitors`,
      `${short(netMb)} MB/s`,
    ]
  })
  const line = cells => `| ${cells.join(' | ')} |`
  const { eventsAFrame, peak, load, eventsAVisitor, replicas, retentionHours, coresANode, partitions } = assumed
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.map(line),
    '',
    `Assumed: frames of ${eventsAFrame} events; a busiest minute of ${peak} times the mean, at which cores are ${load * 100} % full;`,
    `a core a gateway and a worker, two of each at least; ${eventsAVisitor} events of a visitor in 72 h; ${replicas} replicas of`,
    `${retentionHours} h of log, images and history not counted; nodes of ${coresANode} cores; the costs of ${partitions} partitions,`,
    'linear beyond what one machine could measure. More workers than partitions need more partitions.',
  ]
}
