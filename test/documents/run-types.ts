import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { root } from '../package/pack.js'
import type { Block } from './blocks.js'
import type { World } from './world.js'

const run = promisify(execFile)
const types = (path: string): string[] => [join(root, 'node_modules/@types', path)]

/** Of the frameworks that are none of ours only what the blocks use. */
const VUE = 'export declare const onMounted: (run: () => void) => void\nexport { onMounted as onUnmounted }\n'

/** The compiler finds nothing in it, strict as can be, with the types of the packages as they would be published. */
export const runTypes = async ({ language, text }: Block, { consumer }: World): Promise<void> => {
  const file = `block.${language}`
  consumer.write(file, text)
  consumer.write('vue.d.ts', VUE)
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    skipLibCheck: true,
    target: 'es2022',
    module: 'esnext',
    moduleResolution: 'bundler',
    lib: ['es2022', 'dom'],
    types: [],
    jsx: 'react-jsx',
    paths: {
      vue: ['./vue.d.ts'],
      react: types('react'),
      'react/jsx-runtime': types('react/jsx-runtime'),
    },
  }
  const project = consumer.write('tsconfig.block.json', JSON.stringify({ compilerOptions, files: [file] }))
  const { stdout } = await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project], {
    cwd: consumer.folder,
  }).catch(({ stdout }: { stdout: string }) => ({ stdout }))
  expect(stdout).toBe('')
}
