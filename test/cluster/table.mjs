/** What a run prints. */

const seconds = ms => (ms === null ? '' : (ms / 1_000).toFixed(2))
const lineOf = (cells, widths) => `  ${cells.map((cell, i) => cell.padStart(widths[i])).join('  ')}`.trimEnd()

const grid = (columns, items) => {
  const rows = [
    columns.map(([title]) => title),
    ...items.map((item, i) => columns.map(([, of]) => String(of(item, i)))),
  ]
  const widths = columns.map((_, i) => Math.max(...rows.map(row => row[i].length)))
  return rows.map(row => lineOf(row, widths))
}

const FAULTS = [
  ['fault', (_, i) => i + 1],
  ['at s', ({ atMs }) => (atMs / 1_000).toFixed(1)],
  ['what', ({ how, target, index }) => `${how} ${target} ${index}`],
  ['held s', ({ holdMs }) => seconds(holdMs)],
  ['with others', ({ isAmongOthers }) => (isAmongOthers ? 'yes' : '')],
  ['ended in s', ({ endMs }) => seconds(endMs)],
  ['ready in s', ({ startMs }) => seconds(startMs)],
  ['partitions', ({ partitions }) => partitions ?? ''],
  ['served elsewhere s', ({ servedMs }) => seconds(servedMs)],
  ['gap s', ({ gapMs }) => seconds(gapMs)],
  ['live again s', ({ liveMs }) => seconds(liveMs)],
  ['shown stale', ({ stale }) => stale.join(' ')],
  ['acknowledged', ({ acked }) => acked],
]

const LEASES = [
  ['lease', ({ name }) => name],
  ['epochs', ({ epoch }) => epoch],
  ['owners', ({ owners }) => owners],
  ['given back', ({ releases }) => releases],
  ['taken over', ({ takeovers }) => takeovers],
  ['commits', ({ commits }) => commits],
  ['late', ({ lateCommits }) => lateCommits],
  ['longest without an owner s', ({ longestGapMs }) => seconds(longestGapMs)],
]

const median = sorted => sorted[Math.floor((sorted.length - 1) / 2)]

const spread = (faults, of, title) => {
  const sorted = faults.flatMap(fault => of(fault) ?? []).sort((a, b) => a - b)
  if (sorted.length === 0) return []
  return [`  ${title}: median ${seconds(median(sorted))} s, longest ${seconds(sorted.at(-1))} s, of ${sorted.length}`]
}

const timesOf = faults => {
  const alone = faults.filter(({ isAmongOthers }) => !isAmongOthers)
  const workers = how => alone.filter(fault => fault.target === 'worker' && fault.how === how)
  return [
    ...spread(workers('kill'), ({ servedMs }) => servedMs, 'a killed worker’s partitions served elsewhere'),
    ...spread(workers('kill'), ({ liveMs }) => liveMs, 'and live on every gateway'),
    ...spread(workers('drain'), ({ gapMs }) => gapMs, 'nobody folded a drained worker’s partitions for'),
    ...spread(
      workers('stop').filter(({ servedMs }) => servedMs !== null),
      ({ servedMs }) => servedMs,
      'a stopped worker’s',
    ),
  ]
}

const outageLines = outage => {
  if (outage === null) return []
  const { downMs, ackedMeanwhile, takenMs, liveMs, refusals, mostBytes, kept, gateways } = outage
  const lines = [
    `  NATS down for ${seconds(downMs)} s: ${ackedMeanwhile} events acknowledged meanwhile, clients told ${refusals} times ` +
      `to come again; a gateway grew to ${Math.round(mostBytes / 2 ** 20)} MB; events taken again after ` +
      `${seconds(takenMs)} s, all live after ${seconds(liveMs)} s`,
  ]
  lines.push(
    `    an SDK that was never left alone kept ${kept.mostQueued} events, had no room ${kept.full} times, and lost none`,
  )
  gateways.forEach(({ answers, withoutHint, firstRefusalMs, slowestMs }, i) => {
    const counts = Object.entries(answers).map(([status, n]) => `${status}: ${n}`)
    lines.push(
      `    gateway ${i} over HTTP: ${counts.join(', ')} (${withoutHint} refusals without Retry-After); first refusal after ` +
        `${seconds(firstRefusalMs)} s, slowest answer ${seconds(slowestMs)} s`,
    )
  })
  return lines
}

const auditLines = (audits, { made, sent }) =>
  audits.flatMap((gateways, round) =>
    gateways.flatMap(({ events, accepted, duplicates, figures, lost, extra, differences, shown }, i) => [
      `  ${round === 0 ? 'drained' : 'all killed once more'}, gateway ${i}: ${made} made, ${sent} sent with repeats, ${events} ` +
        `acknowledged, ${accepted} accepted, ${duplicates} duplicates; ${figures} figures compared, ${lost} lost, ${extra} twice`,
      ...(differences > 0 ? [`  ${differences} differences:`, ...shown.map(line => `    ${line}`)] : []),
    ]),
  )

export const faultTable = report => {
  const {
    seed,
    faults,
    outage,
    audits,
    disagreements,
    history,
    fenced,
    crashes,
    failedStarts,
    refusals,
    mostHeld,
    held,
  } = report
  return [
    `faults from seed ${seed}`,
    ...grid(FAULTS, faults),
    ...timesOf(faults),
    ...outageLines(outage),
    `  clients were told ${refusals} times to come again, and kept ${mostHeld} events at most`,
    ...auditLines(audits, report),
    ...disagreements.flatMap(said => ['  the gateways DISAGREE:', ...said.map(text => `    ${text}`)]),
    `history of ${history.records} writes`,
    ...grid(LEASES, history.rows),
    `  ${fenced} outputs refused by a fence, as the logs say; ${failedStarts} starts that had to be tried again`,
    ...history.wrong.map(line => `  WRONG: ${line}`),
    ...crashes.map(({ name, said }) => `  ${name} ENDED BY ITSELF: ${said}`),
    held ? '  nothing lost, nothing twice, one owner an epoch' : '  FAILED',
  ].join('\n')
}
