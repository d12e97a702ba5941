/** What a kill test prints. */

const COLUMNS = [
  ['kill', (_, i) => i + 1],
  ['at s', ({ atMs }) => (atMs / 1_000).toFixed(1)],
  ['acknowledged', ({ acked }) => acked],
  ['frames in flight', ({ frames, clients }) => (frames > 0 ? `${frames} of ${clients} clients` : '0')],
  ['events in them', ({ events }) => events],
  ['kept by SDKs', ({ held }) => held],
  ['image half written', ({ image }) => (image ? 'yes' : '')],
  ['ready again ms', ({ restartMs }) => restartMs],
]

const lineOf = (cells, widths) => `  ${cells.map((cell, i) => cell.padStart(widths[i])).join('  ')}`

export const killTable = ({ seed, kills, made, sent, audits, held }) => {
  const rows = [
    COLUMNS.map(([title]) => title),
    ...kills.map((kill, i) => COLUMNS.map(([, of]) => String(of(kill, i)))),
  ]
  const widths = COLUMNS.map((_, i) => Math.max(...rows.map(row => row[i].length)))
  const lines = [`kills from seed ${seed}`, ...rows.map(row => lineOf(row, widths))]
  const inFlight = kills.filter(({ frames }) => frames > 0).length
  const images = kills.filter(({ image }) => image).length
  lines.push(`  ${kills.length} kills: ${inFlight} with frames in flight, ${images} during the write of an image`)
  audits.forEach((audit, i) => {
    const { accepted, duplicates, events, figures, lost, extra, differences, shown } = audit
    lines.push(
      `  ${i === 0 ? 'drained' : 'killed once more'}: ${made} made, ${sent} sent with repeats, ${events} acknowledged, ` +
        `${accepted} accepted, ${duplicates} duplicates; ${figures} figures compared, ${lost} lost, ${extra} twice`,
    )
    if (differences > 0) lines.push(`  ${differences} differences:`, ...shown.map(line => `    ${line}`))
  })
  const kinds = Object.entries(audits[0]?.kinds ?? {}).map(([kind, n]) => `${kind} ${n}`)
  lines.push(`  ${kinds.join(', ')}`, held ? '  nothing lost, nothing twice' : '  FAILED')
  return lines.join('\n')
}
