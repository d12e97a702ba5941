import { createContext, createElement, type ReactElement, type ReactNode, useContext, useEffect } from 'react'
import type { CoreClient } from '../types.js'
import { asksOf } from './asks.js'

const Context = createContext<CoreClient | null | undefined>(undefined)

/**
 * Gives all below it the client; null where there is none, as on a server, on which the hooks then do nothing. While it
 * is mounted, asks of the server are kept for `useAsk`.
 */
export const PulseProvider = ({
  client,
  children,
}: {
  client: CoreClient | null
  children?: ReactNode
}): ReactElement => {
  useEffect(() => (client ? asksOf(client).listen() : undefined), [client])
  return createElement(Context.Provider, { value: client }, children)
}

/** The client, null on a server. Throws outside a PulseProvider. */
export const usePulse = (): CoreClient | null => {
  const client = useContext(Context)
  if (client === undefined) throw new Error('pulssi: there is no <PulseProvider client={…}> around this component')
  return client
}
