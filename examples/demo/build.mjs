/** Copies what the bundled demo reads: its configuration, and the shop's pages. */
import { cpSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const demoFiles = source => ({
  name: 'demo-files',
  writeBundle({ file }) {
    const target = dirname(file)
    rmSync(join(target, 'pages'), { recursive: true, force: true })
    cpSync(join(source, 'shop/pages'), join(target, 'pages'), { recursive: true })
    cpSync(join(source, 'demo.config.json'), join(target, 'demo.config.json'))
  },
})
