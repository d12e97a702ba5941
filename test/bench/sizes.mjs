// Brotli size of what a script tag loads.
import { readFileSync } from 'node:fs'
import { brotliCompressSync } from 'node:zlib'
import { result } from './child.mjs'

const FILES = { core: 'pulssi', live: 'live' }
for (const [name, file] of Object.entries(FILES)) {
  const script = readFileSync(new URL(`../../sdk/dist/${file}.min.js`, import.meta.url))
  const ceiling = `${(script.length / 1000).toFixed(1)} KB plain`
  result(`size, ${name}`, brotliCompressSync(script).length / 1000, 'KB brotli', ceiling)
}
