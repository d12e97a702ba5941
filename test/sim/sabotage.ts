import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'
import type { EngineModule } from './log.js'

/** A deliberate fault: one place of one source file of the engine said otherwise. */
export interface Fault {
  readonly name: string
  /** Below aggregator/src/engine. */
  readonly file: string
  /** Matches exactly once. */
  readonly find: RegExp
  readonly replace: string
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const ENGINE = 'aggregator/src/engine'
const CLIENT = 'protocol/src/client'
const CLIENT_PACKAGE = "'@pulssi/protocol/client'"

/** Compiles a copy of the engine with the fault in it and loads it, apart from the real one. */
export const loadSabotaged = async (fault: Fault): Promise<EngineModule> => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-sabotage-'))
  try {
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    for (const file of sources(CLIENT)) compile(folder, CLIENT, file, text => text)
    for (const file of sources(ENGINE)) {
      compile(folder, ENGINE, file, text => (file === fault.file ? patched(text, fault) : text))
    }
    return (await import(/* @vite-ignore */ pathToFileURL(join(folder, ENGINE, 'index.js')).href)) as EngineModule
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const sources = (folder: string): string[] =>
  readdirSync(join(ROOT, folder)).filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'))

const patched = (text: string, { name, file, find, replace }: Fault): string => {
  const matches = [...text.matchAll(new RegExp(find, 'g'))].length
  if (matches !== 1) throw new Error(`fault "${name}": ${find} matches ${matches} times in ${file}, expected once`)
  return text.replace(find, replace)
}

const compile = (folder: string, from: string, file: string, change: (text: string) => string): void => {
  const client = relative(from, join(CLIENT, 'index.js'))
  const text = change(readFileSync(join(ROOT, from, file), 'utf8')).replaceAll(CLIENT_PACKAGE, `'${client}'`)
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true }
  const target = join(folder, from, file.replace(/\.ts$/, '.js'))
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, ts.transpileModule(text, { compilerOptions }).outputText)
}
