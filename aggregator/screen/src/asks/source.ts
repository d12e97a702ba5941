/** Where the page has its asks and the widget from: the server, or the file that it stands in. */
import type { ConfiguredAsks } from '@pulssi/protocol/client'
import type { Api } from '../api.js'

const textOf = (id: string): string | null => document.getElementById(id)?.textContent ?? null

export interface Source {
  load(): Promise<ConfiguredAsks>
  /** The document in which a visitor's page is played. */
  readonly page: string
  readonly isFile: boolean
  /** What is looked at first; '': whatever comes first. */
  readonly first: string
}

const HEAD = '<!doctype html><html><head><meta charset="utf-8"><title>Page</title>'
const BODY = `</head><body class="visitor"><main><h1></h1>
<div class="lines"><i></i><i></i><i></i></div><div class="tiles"><i></i><i></i><i></i></div>
<div class="lines"><i></i><i></i></div></main></body></html>`

/** A file carries all that it shows, in elements of its own. */
const fromFile = (root: HTMLElement, told: string): Source => {
  const head = `<style>${textOf('style')}</style><script>${textOf('widget')}</script>`
  const first = root.getAttribute('data-first') ?? ''
  return { load: async () => JSON.parse(told), page: HEAD + head + BODY, isFile: true, first }
}

const fromServer = (api: Api): Source => {
  const head = '<link rel="stylesheet" href="/asks.css"><script src="/sdk/widget.min.js"></script>'
  const first = location.hash.slice(1)
  return { load: () => api.get<ConfiguredAsks>('/v1/asks'), page: HEAD + head + BODY, isFile: false, first }
}

export const sourceOf = (root: HTMLElement, api: Api): Source => {
  const told = textOf('told')
  return told === null ? fromServer(api) : fromFile(root, told)
}
