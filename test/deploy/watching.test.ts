/** Prometheus' rules and Grafana's dashboard: well-formed, and every query names what /metrics has. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { METRICS } from '../../aggregator/src/metrics/table.js'
import { serve } from '../e2e/harness.js'
import { root } from '../package/pack.js'
import { readDeployed, readYaml } from './files.js'

const NAME = /\b(?:pulssi|process|nodejs)_\w+\b/g
const SELECTOR = /\b(?:pulssi|process|nodejs)_\w+\{([^}]*)\}/g
const GROUPING = /\b(?:by|without|on|ignoring) *\(([^)]*)\)/g
/** Prometheus' own: where it asked, and the buckets of a histogram. */
const OWN_LABELS = ['job', 'instance', 'le']

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly runbook: string }
}

interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[]
}

const rules = (readYaml('prometheus-rules.yaml') as { groups: { rules: Rule[] }[] }).groups.flatMap(
  group => group.rules,
)
const dashboard = JSON.parse(readDeployed('grafana-dashboard.json')) as {
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly name: string }[] }
}
const drawn = dashboard.panels.filter(({ type }) => type !== 'row')

const queries: readonly (readonly [where: string, query: string])[] = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...drawn.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
]

const labelsIn = (query: string): string[] => [
  ...[...query.matchAll(SELECTOR)].flatMap(([, inside = '']) =>
    [...inside.matchAll(/(\w+) *(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
  ),
  ...[...query.matchAll(GROUPING)].flatMap(([, inside = '']) => inside.split(',').map(one => one.trim())),
]

const isBalanced = (query: string): boolean => {
  const open: string[] = []
  for (const character of query) {
    if ('([{'.includes(character)) open.push(character)
    else if (')]}'.includes(character) && '([{'.indexOf(open.pop() ?? '') !== ')]}'.indexOf(character)) return false
  }
  return open.length === 0
}

let exposed: ReadonlySet<string> = new Set()
let labels: ReadonlySet<string> = new Set()
beforeAll(() => {
  labels = new Set([...OWN_LABELS, ...METRICS.flatMap(metric => ('label' in metric ? [metric.label] : []))])
})

test('the server has every metric and label that a query names', async () => {
  const server = await serve()
  const text = await (await fetch(`${server.url}/metrics`)).text()
  exposed = new Set(
    [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name = '', type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  )
  const missing = queries.flatMap(([where, query]) => {
    const names = (query.match(NAME) ?? []).filter(name => !exposed.has(name))
    return [...names, ...labelsIn(query).filter(label => !labels.has(label))].map(name => `${where}: ${name}`)
  })
  expect(missing).toEqual([])
})

test('each query is closed, and asks for something', () => {
  for (const [where, query] of queries) {
    expect(isBalanced(query), where).toBe(true)
    expect(query.match(NAME) ?? query.match(/\bup\b/), where).not.toBeNull()
  }
})

test('what only grows is asked for as a rate or an increase', () => {
  for (const [where, query] of queries) {
    const grows = (query.match(/\b\w+_(?:total|bucket)\b/g) ?? []).length
    const rates = (query.match(/\b(?:rate|increase)\(\w+_(?:total|bucket)\b/g) ?? []).length
    expect(rates, `${where}: ${query}`).toBe(grows)
  }
})

test('figures that every board has are never summed', () => {
  const ofBoards =
    /sum(?: by \([^)]*\))? *\((?:rate\(|increase\()?pulssi_(?:events|late_events|lost_events|stale_partitions|partitions|touchpoints)\b/
  expect(queries.filter(([, query]) => ofBoards.test(query))).toEqual([])
})

describe('prometheus-rules.yaml', () => {
  const runbook = readFileSync(join(root, 'docs/CLUSTER.md'), 'utf8')
  const anchors = [...runbook.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )

  test('calls each alert by a name of its own', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
    for (const { alert } of rules) expect(alert).toMatch(/^Pulssi([A-Z][a-z]+)+$/)
  })

  test.each(rules.map(rule => [rule.alert, rule] as const))(
    '%s says who is called, what is wrong, what to do',
    (_, rule) => {
      expect(rule.labels.severity).toMatch(/^(page|ticket)$/)
      expect(rule.for ?? '0s').toMatch(/^\d+[smh]$/)
      expect(rule.annotations.summary.length).toBeGreaterThan(10)
      expect(anchors).toContain(rule.annotations.runbook)
    },
  )
})

describe('grafana-dashboard.json', () => {
  test('no two panels share a number or a place', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
    const taken = new Set<string>()
    for (const { title, gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x},${y}`), title).toBe(false)
          taken.add(`${x},${y}`)
        }
      }
    }
  })

  test('each panel asks something, and says what it shows', () => {
    for (const { title, description = '', targets = [] } of drawn) {
      expect(targets.length, title).toBeGreaterThan(0)
      expect(description, title).toMatch(/\.$/)
    }
  })

  test('every variable is defined', () => {
    const used = new Set([...JSON.stringify(dashboard.panels).matchAll(/\$\{?([a-z]\w*)/g)].map(([, name]) => name))
    expect([...used].sort()).toEqual(dashboard.templating.list.map(({ name }) => name).sort())
  })
})
