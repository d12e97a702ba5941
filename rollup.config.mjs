/** Everything that is bundled. `tsc -b` has compiled the sources before. */
import { nodeResolve } from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'
import { askFiles, screenFiles } from './aggregator/screen/build.mjs'
import { demoFiles } from './examples/demo/build.mjs'
import { sdk } from './sdk/build.mjs'

export default [
  ...sdk,
  {
    input: 'aggregator/screen/dist/main.js',
    plugins: [nodeResolve({ browser: true }), screenFiles('aggregator/screen')],
    output: { file: 'aggregator/dist/screen/screen.js', format: 'es', plugins: [terser({ ecma: 2020, module: true })] },
  },
  {
    input: 'aggregator/screen/dist/asks/main.js',
    plugins: [nodeResolve({ browser: true }), askFiles('aggregator/screen')],
    output: { file: 'aggregator/dist/screen/asks.js', format: 'es', plugins: [terser({ ecma: 2020, module: true })] },
  },
  // What `pulssi dev` runs. The packages that it stands on are the aggregator's own.
  {
    input: 'examples/dist/demo/index.js',
    external: [/^node:/, /^@pulssi\//, 'standardwebhooks'],
    plugins: [nodeResolve(), demoFiles('examples')],
    output: { file: 'aggregator/dist/demo/index.js', format: 'es' },
  },
]
