/** A site whose every path is a page with the built core and `auto`, and what each path is entered as. */
import type { RunningServer } from '@pulssi/aggregator'
import { openSite, originsOf, type Site } from './tag-site.js'

/** A page that calls a client for `server`, with these options of `auto`. The page itself comes from `body`. */
export const pageWith = (server: RunningServer, options: object, body: string): string =>
  `<!doctype html><title>page</title><body>${body}<script src="/sdk/pulssi.min.js"></script>` +
  `<script src="/sdk/auto.min.js"></script><script src="/start.js" data-server="${server.url}" ` +
  `data-options='${JSON.stringify(options)}'></script>`

const START = `
  const { server, options } = document.currentScript.dataset
  const pulse = pulssi.createPulse({ url: server, key: 'pk_shop', identity: 'page' })
  const stop = pulssiAuto.auto(pulse, JSON.parse(options))
`

const LATE_MS = 700

export const openAutoSite = (server: RunningServer, files: Readonly<Record<string, string>>): Promise<Site> =>
  openSite({
    files: { ...files, '/start.js': START },
    connect: originsOf(server),
    before: (request, response) => {
      if (request.url === '/api/fail') response.writeHead(500).end()
      else if (request.url === '/api/late') setTimeout(() => response.end('late'), LATE_MS)
      else return false
      return true
    },
  })
