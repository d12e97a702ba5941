/** A React application as one script: the SDK's sources as they are compiled, React in its development builds. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import { type Plugin, rollup } from 'rollup'

const require = createRequire(import.meta.url)
const compiled = (path: string): string => fileURLToPath(new URL(`../../sdk/dist/tsc/${path}`, import.meta.url))

const FILES: Readonly<Record<string, string>> = {
  '@pulssi/sdk': compiled('index.js'),
  '@pulssi/sdk/react': compiled('react/index.js'),
}
/** Under these StrictMode does everything twice. */
const REACT: Readonly<Record<string, string>> = {
  react: 'react/cjs/react.development.js',
  'react-dom': 'react-dom/cjs/react-dom.development.js',
  'react-dom/client': 'react-dom/cjs/react-dom-client.development.js',
  scheduler: 'scheduler/cjs/scheduler.development.js',
}
const ENTRY = 'app'

/** React is CommonJS, which the bundler doesn't take. */
const asModule = (name: string): string => {
  const path = fileURLToPath(new URL(`../../node_modules/${REACT[name]}`, import.meta.url))
  const text = readFileSync(path, 'utf8').replaceAll('process.env.NODE_ENV', '"development"')
  const needed = Object.keys(REACT).filter(other => text.includes(`require("${other}")`))
  return [
    ...needed.map((other, n) => `import * as needed${n} from '${other}'`),
    `const needed = {${needed.map((other, n) => `'${other}': needed${n}`)}}`,
    'const module = { exports: {} }',
    `;((exports, require) => {${text}\n})(module.exports, name => needed[name])`,
    `export const { ${Object.keys(require(path) as object)} } = module.exports`,
  ].join('\n')
}

const modules = (code: string): Plugin => ({
  name: 'modules',
  resolveId: name => FILES[name] ?? (name === ENTRY || REACT[name] ? name : null),
  load: name => (name === ENTRY ? code : REACT[name] ? asModule(name) : null),
})

/** `code`: a module, which may import the SDK's core, its hooks and React. */
export const bundleApp = async (code: string): Promise<string> => {
  const bundle = await rollup({ input: ENTRY, plugins: [modules(code), nodeResolve()] })
  const { output } = await bundle.generate({ format: 'iife' })
  await bundle.close()
  return output[0].code
}
