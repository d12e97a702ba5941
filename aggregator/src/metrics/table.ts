import type { LeaseFigures, LinkFigures, Snapshot } from './snapshot.js'

type Values = Iterable<readonly [value: string, count: number]>

/**
 * One metric of the exposition. Names follow Prometheus: base units, and `_total` for what only grows. A label's values
 * come from a table of ours, never from outside.
 */
export type Metric = { readonly name: string; readonly help: string } & (
  | { readonly type: 'gauge' | 'counter'; readonly value: (snapshot: Snapshot) => number | null }
  | { readonly type: 'gauge' | 'counter'; readonly label: string; readonly values: (snapshot: Snapshot) => Values }
  | { readonly type: 'info'; readonly label: string; readonly text: (snapshot: Snapshot) => string }
  | { readonly type: 'latencies'; readonly latencies: (snapshot: Snapshot) => Snapshot['log']['latencies'] }
)

const seconds = (ms: number): number => ms / 1_000

type Read = (snapshot: Snapshot) => number | null
const gauge = (name: string, help: string, value: Read): Metric => ({ name, help, type: 'gauge', value })
const counter = (name: string, help: string, value: Read): Metric => ({ name, help, type: 'counter', value })
const counters = (name: string, help: string, label: string, values: (snapshot: Snapshot) => Values): Metric => ({
  name,
  help,
  type: 'counter',
  label,
  values,
})

type Several = 'gauge' | 'counter'

/** One of each connection to NATS; none where there is no cluster. */
const ofLinks = (type: Several, name: string, help: string, value: (link: LinkFigures) => number): Metric => ({
  ...{ name, help, type, label: 'link' },
  values: ({ cluster }) => (cluster?.links ?? []).map(link => [link.name, value(link)]),
})

/** One of each role whose leases this process takes part in; null: not known. */
const ofLeases = (
  type: Several,
  name: string,
  help: string,
  value: (leases: LeaseFigures) => number | null,
): Metric => ({
  ...{ name, help, type, label: 'role' },
  values: ({ cluster }) =>
    (cluster?.leases ?? []).flatMap(leases => {
      const found = value(leases)
      return found === null ? [] : [[leases.role, found] as const]
    }),
})

const GATEWAY: readonly Metric[] = [
  gauge('pulssi_connections', 'WebSockets that stand.', s => s.connections),
  counter('pulssi_connections_opened_total', 'WebSockets opened.', s => s.tally.opened),
  counters('pulssi_closes_total', 'WebSockets closed, by the name of the close code.', 'code', s =>
    s.tally.closes.entries(),
  ),
  counters('pulssi_messages_total', 'Frames received, by type.', 'type', s => s.tally.frames()),
  counters('pulssi_not_taken_total', 'Frames and requests not taken for now, by fault.', 'fault', s =>
    s.tally.notTaken.entries(),
  ),
  counters('pulssi_http_answers_total', 'HTTP answers, by class of status.', 'status', s => s.tally.answers.entries()),
  counters('pulssi_refused_events_total', 'Events refused, by refusal.', 'refusal', s =>
    s.tally.refusedEvents.entries(),
  ),
  counters('pulssi_network_bytes_total', 'Bytes received and sent, WebSocket and HTTP.', 'direction', s => [
    ['in', s.traffic.inBytes],
    ['out', s.traffic.outBytes],
  ]),
  counter(
    'pulssi_untrusted_forwards_total',
    'Requests with X-Forwarded-For from a peer that is no trusted proxy.',
    s => s.tally.untrustedForwards,
  ),
  counters('pulssi_asks_delivered_total', 'Asks, nudges and replies that a page was told.', 'kind', s =>
    s.tally.said.entries(),
  ),
  counters('pulssi_asks_undelivered_total', 'Asks, nudges and replies that no page was told here.', 'reason', s =>
    s.tally.unsaid.entries(),
  ),
  counters('pulssi_comments_left_out_total', 'Comments left out of their answers, by whose were too many.', 'of', s =>
    s.tally.leftOut.entries(),
  ),
  counter('pulssi_replies_total', 'Answers to comments that were taken.', s => s.tally.replies),
]

const LOG: readonly Metric[] = [
  {
    name: 'pulssi_log_append_seconds',
    help: 'From the append of an entry until it is durable.',
    type: 'latencies',
    latencies: s => s.log.latencies,
  },
  counter('pulssi_log_append_failures_total', 'Entries that the log did not take.', s => s.log.failed),
  counter('pulssi_log_appended_bytes_total', 'Bytes of the entries that are durable.', s => s.log.appendedBytes),
  gauge('pulssi_log_queue_bytes', 'Bytes taken and not durable yet.', s => s.queue.waitingBytes),
  gauge('pulssi_unfolded_bytes', 'Bytes durable and not folded yet.', s => s.queue.unfoldedBytes),
  gauge('pulssi_unfolded_entries', 'Entries durable and not folded yet.', s => s.queue.unfoldedEntries),
  gauge('pulssi_fold_lag_seconds', 'Since when the oldest durable entry waits for its engine.', s =>
    seconds(s.queue.lagMs),
  ),
]

const ENGINE: readonly Metric[] = [
  counters(
    'pulssi_events_total',
    'Events, by what became of them, since the log began.',
    'outcome',
    ({ board: { events } }) => [
      ['accepted', events.accepted],
      ['duplicate', events.duplicates],
      ['too_late', events.tooLate],
      ['rejected', events.rejected],
      ['bot', events.bots],
    ],
  ),
  counter(
    'pulssi_late_events_total',
    'Accepted events that came too late for the short windows.',
    s => s.board.events.late,
  ),
  gauge('pulssi_lost_events', 'Numbers missing in the streams; they may still come.', s => s.board.events.lost),
  counters(
    'pulssi_asks_total',
    'What became of asks, and moments in which nobody was asked, since the log began.',
    'became',
    ({ board: { asks } }) => [
      ['shown', asks.shown],
      ['dismissed', asks.dismissed],
      ['answered', asks.answered],
      ['expired', asks.expired],
      ['saved', asks.saved],
    ],
  ),
  gauge('pulssi_visitors', 'Visitors that the engines hold.', s => s.worker.visitors),
  gauge('pulssi_table_bytes', 'Size of the tables of visitors and streams.', s => s.worker.tableBytes),
  gauge('pulssi_touchpoints', 'Touchpoints that the board holds.', s => s.board.touchpoints),
  counter('pulssi_images_total', 'Images stored.', s => s.worker.images),
  counter('pulssi_image_failures_total', 'Images that could not be stored.', s => s.worker.failedImages),
  gauge('pulssi_last_image_timestamp_seconds', 'When the last image was stored.', s =>
    s.worker.lastImage === null ? null : seconds(s.worker.lastImage.storedAt),
  ),
  gauge('pulssi_last_image_duration_seconds', 'How long the last image took.', s =>
    s.worker.lastImage === null ? null : seconds(s.worker.lastImage.tookMs),
  ),
  gauge('pulssi_last_image_size_bytes', 'Size of the last image.', s => s.worker.lastImage?.sizeBytes ?? null),
  gauge('pulssi_replay_seconds', 'From the image and the log to ready, at the start.', s => seconds(s.worker.replayMs)),
]

const BOARD: readonly Metric[] = [
  gauge('pulssi_board_age_seconds', 'Age of the oldest figures that the board shows.', s => seconds(s.board.ageMs)),
  gauge('pulssi_partitions', 'Partitions of the log.', s => s.board.partitions),
  gauge(
    'pulssi_stale_partitions',
    'Partitions whose figures may be old: over 3 s behind, silent or never heard of.',
    s => s.board.stalePartitions,
  ),
  gauge('pulssi_subscribers', 'Subscriptions to the board.', s => s.board.subscribers),
  gauge('pulssi_ready', '1 while /readyz says so.', s => (s.ready ? 1 : 0)),
  {
    name: 'pulssi_build_info',
    help: 'Always 1; its label is the version.',
    type: 'info',
    label: 'version',
    text: s => s.version,
  },
]

const ALERTS: readonly Metric[] = [
  gauge('pulssi_incidents', 'Incidents that are firing or acknowledged.', s => s.alerts.open),
  counter(
    'pulssi_incidents_not_opened_total',
    'Looks at a rule that held while too many incidents were open.',
    s => s.alerts.notOpened,
  ),
  counters('pulssi_hook_attempts_total', 'Attempts to deliver a message to a hook.', 'outcome', ({ alerts }) => [
    ['delivered', alerts.delivered],
    ['failed', alerts.failed],
  ]),
  counter('pulssi_hook_messages_lost_total', 'Messages to hooks that were given up.', s => s.alerts.lost),
  gauge('pulssi_hook_messages', 'Messages that wait for their hook.', s => s.alerts.waiting),
  gauge('pulssi_hooks_off', 'Hooks whose receiver answered 410.', s => s.alerts.switchedOff),
]

const CLUSTER: readonly Metric[] = [
  ofLinks('gauge', 'pulssi_nats_up', '1 while the connection to NATS stands.', link => (link.isUp ? 1 : 0)),
  ofLinks('counter', 'pulssi_nats_reconnects_total', 'Connections to NATS made anew.', link => link.reconnects),
  ofLinks('gauge', 'pulssi_nats_unanswered', 'Requests to NATS without an answer yet.', link => link.unanswered),
  counter(
    'pulssi_bus_dropped_total',
    'Messages between processes that were not sent.',
    s => s.cluster?.droppedMessages ?? null,
  ),
  gauge(
    'pulssi_log_fullness_ratio',
    'Share of its bound that the fullest partition of the log took when last looked at.',
    s => s.cluster?.logFullness ?? null,
  ),
  ofLeases('gauge', 'pulssi_leases', 'Leases that this process holds.', leases => leases.held),
  ofLeases('gauge', 'pulssi_lease_members', 'Processes that share the leases.', leases => leases.members),
  ofLeases('counter', 'pulssi_leases_taken_total', 'Leases taken.', leases => leases.taken),
  ofLeases(
    'counter',
    'pulssi_lease_takeovers_total',
    'Leases taken that had run out in the hands of another process.',
    leases => leases.takenOver,
  ),
  ofLeases('counter', 'pulssi_leases_lost_total', 'Leases that ended without being given back.', leases => leases.lost),
  ofLeases('gauge', 'pulssi_lease_look_age_seconds', 'How long the last look at the leases is past.', leases =>
    leases.lookAgeMs === null ? null : seconds(leases.lookAgeMs),
  ),
  gauge('pulssi_served_partitions', 'Partitions that this process serves.', s => s.cluster?.servedPartitions ?? null),
  {
    ...{ name: 'pulssi_partition_age_seconds', help: 'Age of the figures that the board shows of a partition.' },
    ...{ type: 'gauge', label: 'partition' },
    values: ({ board: { agesMs = [] } }) =>
      agesMs.flatMap((ageMs, partition) => (ageMs === null ? [] : [[`${partition}`, seconds(ageMs)] as const])),
  },
]

/** Every metric of our own; those of the process come from prom-client. */
export const METRICS: readonly Metric[] = [...GATEWAY, ...LOG, ...ENGINE, ...BOARD, ...ALERTS, ...CLUSTER]
