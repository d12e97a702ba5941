export interface Fault {
  readonly target: 'gateway' | 'worker' | 'nats'
  readonly index: number
  readonly how: 'kill' | 'stop' | 'drain'
  readonly holdMs: number
  readonly restMs: number
  readonly isWithNext: boolean
}
export const isLongStop: (fault: Fault) => boolean
export const planFaults: (seed: number, faults: number, counts: Readonly<Record<Fault['target'], number>>) => Fault[]
