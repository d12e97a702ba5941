interface Page {
  document?: unknown
  addEventListener?(type: string, listener: () => void): void
}

/**
 * A page with an open socket is not kept in the back/forward cache: the socket goes when the page is hidden for good,
 * and comes again with it. Does nothing where there is no page.
 */
export const onPageLife = (hidden: () => void, shown: () => void): void => {
  const page = globalThis as Page
  if (!page.document) return
  page.addEventListener?.('pagehide', hidden)
  page.addEventListener?.('pageshow', shown)
}
