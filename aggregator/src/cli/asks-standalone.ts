import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { ConfiguredAsks } from '@pulssi/protocol'
import { CliError } from './exits.js'

const SCREEN = new URL('../../dist/screen/', import.meta.url)

const built = (read: () => string): string => {
  try {
    return read()
  } catch {
    throw new CliError('failed', 'the preview page is not built: npm run build, or look at /asks of a running server')
  }
}

const screenFile = (name: string): string => readFileSync(fileURLToPath(new URL(name, SCREEN)), 'utf8')

const widget = (): string => readFileSync(createRequire(import.meta.url).resolve('@pulssi/sdk/widget.min.js'), 'utf8')

/** Nothing of it may end the element that it stands in. */
const inScript = (text: string): string => text.replace(/<\/(script)/gi, '<\\/$1').replaceAll('<!--', '<\\!--')
const inJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c')

/** The page may reach nothing but what it carries. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"

/** The preview page as one file; `id`: what it shows first. Throws CliError where the page isn't built. */
export const standalonePage = (told: ConfiguredAsks, id: string): string =>
  built(
    () => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Asks · Pulssi</title>
<link rel="icon" href="data:,">
<style id="style">${screenFile('asks.css').replace(/<\/(style)/gi, '<\\/$1')}</style>
</head>
<body>
<div id="asks" data-first="${id}"></div>
<script type="application/json" id="told">${inJson(told)}</script>
<script type="text/plain" id="widget">${inScript(widget())}</script>
<script type="module">${inScript(screenFile('asks.js'))}</script>
</body>
</html>
`,
  )
