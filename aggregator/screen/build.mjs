/**
 * What stands beside the scripts of the screen and of the page of asks: pages, icon, their style sheets, the licences of
 * what the scripts carry, and scripts and style sheets compressed.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'

const COPIED = ['index.html', 'asks.html', 'icon.svg']
/** In this order. */
const STYLES = [
  'screen.css',
  'frame.css',
  'figures.css',
  'overview.css',
  'wallboard.css',
  'touchpoint.css',
  'touchpoint-charts.css',
  'touchpoint-lists.css',
]
const ASK_STYLES = ['screen.css', 'frame.css', 'asks.css']
const COMPRESSED = ['screen.js', 'screen.css']
const ASK_COMPRESSED = ['asks.js', 'asks.css']
const CARRIED = ['preact', 'uplot']

const compress = (folder, name) =>
  writeFileSync(join(folder, `${name}.br`), brotliCompressSync(readFileSync(join(folder, name))))

const require = createRequire(import.meta.url)
const folderOf = name => dirname(require.resolve(`${name}/package.json`))

export const screenFiles = source => ({
  name: 'screen-files',
  writeBundle({ file }) {
    const target = dirname(file)
    mkdirSync(target, { recursive: true })
    for (const name of COPIED) writeFileSync(join(target, name), readFileSync(join(source, name)))
    const plots = readFileSync(join(folderOf('uplot'), 'dist/uPlot.min.css'), 'utf8')
    const own = STYLES.map(name => readFileSync(join(source, name), 'utf8'))
    writeFileSync(join(target, 'screen.css'), [plots, ...own].join('\n'))
    const licences = CARRIED.map(name => `${name}\n\n${readFileSync(join(folderOf(name), 'LICENSE'), 'utf8')}`)
    writeFileSync(join(target, 'licences.txt'), licences.join('\n\n'))
    for (const name of COMPRESSED) compress(target, name)
  },
})

export const askFiles = source => ({
  name: 'ask-files',
  writeBundle({ file }) {
    const target = dirname(file)
    const own = ASK_STYLES.map(name => readFileSync(join(source, name), 'utf8'))
    writeFileSync(join(target, 'asks.css'), own.join('\n'))
    for (const name of ASK_COMPRESSED) compress(target, name)
  },
})
