import type { Letter } from './outbox.js'
import type { Chance } from './record.js'
import type { State } from './state.js'

/** What asks need beside the people, as an image holds it. */
export interface AskedState {
  readonly asking: State['asking']
  readonly outbox: { readonly number: number; readonly letters: readonly Letter[] }
  readonly toldBy: readonly (readonly [source: number, number: number])[]
  readonly policy: { readonly until: number; readonly chances: readonly Chance[] }
}

export const writeAsking = ({ asking, outbox, toldBy, chances }: State): AskedState => ({
  asking,
  outbox: { number: outbox.number, letters: outbox.letters },
  toldBy: [...toldBy],
  policy: { until: chances.until, chances: chances.list },
})

export function readAsking(state: State, { asking, outbox, toldBy, policy }: AskedState): void {
  Object.assign(state.asking, asking)
  state.outbox.number = outbox.number
  state.outbox.letters = [...outbox.letters]
  for (const [source, number] of toldBy) state.toldBy.set(source, number)
  state.chances.set(policy.until, policy.chances)
}
