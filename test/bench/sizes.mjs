// Brotli size of what a script tag loads, beside what its peers load.
import { readFileSync } from 'node:fs'
import { brotliCompressSync } from 'node:zlib'
import { note, result } from './child.mjs'

const FILES = { core: 'pulssi', keep: 'keep', marks: 'marks', live: 'live' }
/** KB brotli, as their files were served in 2025. */
const PEERS = { Umami: 2.1, Plausible: 2.4, 'web-vitals': 3.0, Snowplow: 15.6, Sentry: 29.8, PostHog: 102.5 }

const read = file => readFileSync(new URL(`../../sdk/dist/${file}.min.js`, import.meta.url))
for (const [name, file] of Object.entries(FILES)) {
  const script = read(file)
  const plain = `${(script.length / 1000).toFixed(1)} KB plain`
  result(`size, ${name}`, brotliCompressSync(script).length / 1000, 'KB brotli', plain)
}
result('size, stub', read('stub').length, 'bytes', 'plain, to be copied into a page')
note(
  `its peers: ${Object.entries(PEERS)
    .map(peer => peer.join(' '))
    .join(', ')} KB brotli`,
)
