/** Of an event in frames of one, and in frames of twenty. */
interface Measured {
  readonly single: number
  readonly twenty: number
}

type Each<T> = Readonly<Record<'gateway' | 'worker' | 'nats', T>>

export interface Figures {
  readonly fixed: Each<number>
  readonly cpu: Each<Measured>
  readonly logSecond: number
  readonly logEvent: Measured
  readonly busSecond: number
  readonly visitor: number
  readonly idle: { readonly worker: number; readonly gateway: number }
}

export interface Assumed {
  readonly eventsAFrame: number
  readonly peak: number
  readonly load: number
  readonly eventsAVisitor: number
  readonly replicas: number
  readonly retentionHours: number
  readonly coresANode: number
  readonly partitions: number
}

export interface Needs {
  readonly eventsAMinute: number
  readonly gateways: number
  readonly workers: number
  readonly nodes: number
  readonly nodeCores: number
  readonly diskGb: number
  readonly memoryGb: number
  readonly visitors: number
  readonly netMb: number
}

export const ASSUMED: Assumed
export function perEvent(measured: Measured, eventsAFrame: number): number
export function needs(figures: Figures, eventsAMinute: number, assumed?: Assumed): Needs
export function written(figures: Figures, sizes: readonly number[], assumed?: Assumed): string[]
