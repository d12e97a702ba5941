import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import { rollup } from 'rollup'
import ts from 'typescript'

const isTypeScript = id => id.endsWith('.ts')

/** Sources as they are, types left out: a file names another by the ending that it will have. */
const typescript = {
  name: 'typescript',
  async resolveId(source, from) {
    if (!source.startsWith('.') || from === undefined) return null
    const path = fileURLToPath(new URL(source.replace(/\.js$/, '.ts'), `file://${from}`))
    return existsSync(path) ? path : null
  },
  transform: (code, id) =>
    isTypeScript(id)
      ? ts.transpileModule(code, {
          compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
        }).outputText
      : null,
}

/**
 * Makes one module of a file of this folder with all that it uses. A test runner looks every imported name up anew at
 * each use, which makes a long run several times longer.
 */
export const bundle = async (name, file) => {
  const made = await rollup({
    input: fileURLToPath(new URL(`${name}.ts`, import.meta.url)),
    plugins: [typescript, nodeResolve({ exportConditions: ['pulssi-source'] })],
  })
  await made.write({ file, format: 'esm' })
  await made.close()
}
