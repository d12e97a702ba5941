export const PAYMENTS = ['working', 'failing'] as const
export type Payment = (typeof PAYMENTS)[number]

/** The shop's card service, and the switch that lets it fail. */
export interface Till {
  payment(): Payment
  set(payment: Payment): void
  /** Returns its own unsubscribe. Told of changes alone. */
  onChange(listener: (payment: Payment) => void): () => void
}

export function openTill(): Till {
  let payment: Payment = 'working'
  const listeners = new Set<(payment: Payment) => void>()
  return {
    payment: () => payment,
    set: next => {
      if (next === payment) return
      payment = next
      for (const listener of listeners) listener(next)
    },
    onChange: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
