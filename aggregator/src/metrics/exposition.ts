import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Snapshot } from './snapshot.js'
import { METRICS, type Metric } from './table.js'
import { APPEND_BUCKETS_S, type Latencies } from './timed-log.js'

/** Puts the value of the moment into the registry. */
type Update = (snapshot: Snapshot) => void

/**
 * prom-client's own histogram takes each observation by itself and labels it; ours is counted already, and only told.
 * The registry asks for nothing but this.
 */
const histogram = (registry: Registry, metric: Metric & { type: 'latencies' }): Update => {
  const { name, help, latencies: read } = metric
  let current: Latencies | null = null
  const get = async (): Promise<unknown> => {
    const values: { metricName: string; labels: Record<string, string | number>; value: number }[] = []
    let count = 0
    for (const [at, inBucket] of (current?.counts ?? []).entries()) {
      count += inBucket
      values.push({ metricName: `${name}_bucket`, labels: { le: APPEND_BUCKETS_S[at] ?? '+Inf' }, value: count })
    }
    values.push({ metricName: `${name}_sum`, labels: {}, value: current?.sumS ?? 0 })
    values.push({ metricName: `${name}_count`, labels: {}, value: count })
    return { name, help, type: 'histogram', values, aggregator: 'sum' }
  }
  registry.registerMetric({ name, help, get } as unknown as Gauge)
  return snapshot => {
    current = read(snapshot)
  }
}

const register = (registry: Registry, metric: Metric): Update => {
  const { name, help } = metric
  const registers = [registry]
  if (metric.type === 'latencies') return histogram(registry, metric)
  if (metric.type === 'info') {
    const gauge = new Gauge({ name, help, registers, labelNames: [metric.label] })
    return snapshot => gauge.set({ [metric.label]: metric.text(snapshot) }, 1)
  }
  if ('values' in metric && metric.type === 'gauge') {
    const gauge = new Gauge({ name, help, registers, labelNames: [metric.label] })
    return snapshot => {
      gauge.reset()
      for (const [value, count] of metric.values(snapshot)) gauge.set({ [metric.label]: value }, count)
    }
  }
  if ('values' in metric) {
    const counter = new Counter({ name, help, registers, labelNames: [metric.label] })
    return snapshot => {
      counter.reset()
      for (const [value, count] of metric.values(snapshot)) counter.inc({ [metric.label]: value }, count)
    }
  }
  if (metric.type === 'counter') {
    const counter = new Counter({ name, help, registers })
    return snapshot => {
      counter.reset()
      counter.inc(metric.value(snapshot) ?? 0)
    }
  }
  const gauge = new Gauge({ name, help, registers })
  return snapshot => {
    const value = metric.value(snapshot)
    // What isn't known has no sample: a 0 would be a figure.
    if (value === null) gauge.remove()
    else gauge.set(value)
  }
}

let processRegistry: Registry | null = null

/** Memory, CPU, handles and the delay of the event loop: one registry a process, made when first asked for. */
const processMetrics = (): Registry => {
  if (processRegistry === null) {
    processRegistry = new Registry()
    collectDefaultMetrics({ register: processRegistry })
  }
  return processRegistry
}

/** The text that Prometheus reads. Nothing is counted here: each scrape takes a snapshot. */
export class Exposition {
  readonly #registry = new Registry()
  readonly #updates: readonly Update[]
  readonly #snapshot: () => Snapshot

  constructor(snapshot: () => Snapshot) {
    this.#snapshot = snapshot
    this.#updates = METRICS.map(metric => register(this.#registry, metric))
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  async text(): Promise<string> {
    const snapshot = this.#snapshot()
    for (const update of this.#updates) update(snapshot)
    const own = await this.#registry.metrics()
    return `${own}\n${await processMetrics().metrics()}`
  }
}
