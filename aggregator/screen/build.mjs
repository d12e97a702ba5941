/**
 * What stands beside the screen's script: page, icon, one style sheet, the licences of what the script carries, and
 * script and style sheet compressed.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'

const COPIED = ['index.html', 'icon.svg']
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
const COMPRESSED = ['screen.js', 'screen.css']
const CARRIED = ['preact', 'uplot']

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
    for (const name of COMPRESSED) {
      writeFileSync(join(target, `${name}.br`), brotliCompressSync(readFileSync(join(target, name))))
    }
  },
})
