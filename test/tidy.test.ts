import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const FILE_LINES = 300
const FUNCTION_LINES = 70

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root })
  .toString()
  .split('\n')
  .filter(file => /\.(ts|tsx|mjs)$/.test(file) && existsSync(join(root, file)))

const parsed = new Map(
  files.map(file => {
    const text = readFileSync(join(root, file), 'utf8')
    return [file, ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true)] as const
  }),
)

/** Rooms of the house: the first whose start fits a file is its room. */
const ROOMS = {
  'protocol/src/client': [],
  'protocol/src': ['protocol/src/client'],
  'sdk/src': ['@client'],
  'aggregator/src/engine': ['@client'],
  'aggregator/src/ports.ts': [],
  'aggregator/src/embedded': ['aggregator/src/ports.ts'],
  'aggregator/src/nats': ['aggregator/src/ports.ts'],
  'aggregator/src/gateway/limits.ts': [],
  'aggregator/src/config': ['aggregator/src/gateway/limits.ts', 'aggregator/src/engine', '@client', '@protocol'],
  'aggregator/src/intake': ['aggregator/src/engine', '@client', '@protocol'],
  'aggregator/src/doctor': [
    'aggregator/src/alerts',
    'aggregator/src/asks',
    'aggregator/src/cluster',
    'aggregator/src/config',
    'aggregator/src/nats',
    'aggregator/src/ports.ts',
    '@protocol',
  ],
  'aggregator/src/metrics': ['aggregator/src/ports.ts', '@client', '@protocol'],
  'aggregator/src/ops': [
    'aggregator/src/embedded',
    'aggregator/src/engine',
    'aggregator/src/nats',
    'aggregator/src/ports.ts',
    '@protocol',
  ],
  'aggregator/src/worker': ['aggregator/src/engine', 'aggregator/src/ports.ts', '@client'],
  'aggregator/src/board': [
    'aggregator/src/engine',
    'aggregator/src/ports.ts',
    'aggregator/src/worker',
    '@client',
    '@protocol',
  ],
  'aggregator/src/history': ['aggregator/src/board', 'aggregator/src/engine', 'aggregator/src/ports.ts', '@client'],
  'aggregator/src/alerts': [
    'aggregator/src/board',
    'aggregator/src/config',
    'aggregator/src/engine',
    'aggregator/src/metrics',
    'aggregator/src/ports.ts',
    'aggregator/src/version.ts',
    '@client',
    '@protocol',
  ],
  'aggregator/src/cluster': [
    'aggregator/src/alerts',
    'aggregator/src/board',
    'aggregator/src/config',
    'aggregator/src/metrics',
    'aggregator/src/ports.ts',
    'aggregator/src/worker',
    '@client',
  ],
  'aggregator/src/asks': [
    'aggregator/src/board',
    'aggregator/src/config',
    'aggregator/src/engine',
    'aggregator/src/ports.ts',
    '@client',
    '@protocol',
  ],
  'aggregator/src/gateway': [
    'aggregator/src/gateway/limits.ts',
    'aggregator/src/alerts',
    'aggregator/src/asks',
    'aggregator/src/board',
    'aggregator/src/config',
    'aggregator/src/engine',
    'aggregator/src/history',
    'aggregator/src/intake',
    'aggregator/src/metrics',
    'aggregator/src/ops',
    'aggregator/src/ports.ts',
    'aggregator/src/version.ts',
    'aggregator/src/worker',
    '@client',
    '@protocol',
  ],
  'aggregator/src/cli': ['aggregator/src', '@client', '@protocol', '@sdk'],
  'aggregator/src': ['aggregator/src'],
  'aggregator/screen/src': ['@client', '@sdk'],
} as const

const PACKAGES: Record<string, string> = {
  '@pulssi/protocol/client': '@client',
  '@pulssi/protocol': '@protocol',
  '@pulssi/sdk': '@sdk',
  '@pulssi/sdk/live': '@sdk',
}

const rooms = Object.keys(ROOMS).sort((a, b) => b.length - a.length) as (keyof typeof ROOMS)[]
const roomOf = (file: string): keyof typeof ROOMS | undefined =>
  rooms.find(room => file === room || file.startsWith(`${room}/`))
const isTest = (file: string): boolean => /\.test\.|\/testing\/|^test\/contract\//.test(file)

/** Where an import leads: a file of the house, a package of the house by its sign, or the outside world. */
const targetOf = (file: string, specifier: string): string => {
  if (!specifier.startsWith('.')) return PACKAGES[specifier] ?? specifier
  return normalize(join(dirname(file), specifier)).replace(/\.js$/, '.ts')
}

const importsOf = (file: string): string[] => {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const module =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : undefined
    if (module && ts.isStringLiteral(module)) found.push(targetOf(file, module.text))
    ts.forEachChild(node, visit)
  }
  visit(parsed.get(file) as ts.SourceFile)
  return found
}

const sources = files.filter(file => roomOf(file) !== undefined && !isTest(file))

describe('the house is tidy', () => {
  it('imports only along the walls', () => {
    const wrong = sources.flatMap(file => {
      const room = roomOf(file) as keyof typeof ROOMS
      const allowed: readonly string[] = ROOMS[room]
      return importsOf(file).flatMap(target => {
        const inside = target.startsWith('@') ? Object.values(PACKAGES).includes(target) : roomOf(target) !== undefined
        if (!inside || roomOf(target) === room) return []
        const fine = allowed.some(one => target === one || target.startsWith(`${one}/`))
        return fine ? [] : [`${file} → ${target}`]
      })
    })
    expect(wrong).toEqual([])
  })

  it('keeps the engine pure', () => {
    const wrong = sources
      .filter(file => roomOf(file) === 'aggregator/src/engine')
      .flatMap(file => {
        const text = readFileSync(join(root, file), 'utf8')
        const outside = importsOf(file).filter(target => target !== '@client' && roomOf(target) !== roomOf(file))
        const reached = text.match(/\bDate\b|Math\.random|\bperformance\b|\bprocess\b|\bglobalThis\b|\bcrypto\b/g) ?? []
        return [...outside, ...reached].map(what => `${file}: ${what}`)
      })
    expect(wrong).toEqual([])
  })

  it('gives the browser no schema library and no server codec', () => {
    const wrong = sources
      .filter(file => file.startsWith('sdk/src') || file.startsWith('protocol/src/client'))
      .flatMap(file =>
        importsOf(file)
          .filter(target => /^(zod|msgpackr|node:)/.test(target))
          .map(target => `${file} → ${target}`),
      )
    expect(wrong).toEqual([])
  })

  it(`has no file of more than ${FILE_LINES} lines`, () => {
    const long = files.filter(file => (parsed.get(file) as ts.SourceFile).getLineStarts().length - 1 > FILE_LINES)
    expect(long).toEqual([])
  })

  it(`has no function of more than ${FUNCTION_LINES} lines`, () => {
    const long: string[] = []
    for (const file of files.filter(file => !isTest(file))) {
      const source = parsed.get(file) as ts.SourceFile
      const visit = (node: ts.Node): void => {
        if (ts.isFunctionLike(node) && 'body' in node && node.body) {
          const first = source.getLineAndCharacterOfPosition(node.getStart()).line
          const last = source.getLineAndCharacterOfPosition(node.end).line
          if (last - first + 1 > FUNCTION_LINES) long.push(`${file}:${first + 1} has ${last - first + 1} lines`)
        }
        ts.forEachChild(node, visit)
      }
      visit(source)
    }
    expect(long).toEqual([])
  })

  it('re-exports only in index files', () => {
    const wrong = sources
      .filter(file => file.endsWith('/index.ts'))
      .filter(file => {
        const { statements } = parsed.get(file) as ts.SourceFile
        return !statements.every(statement => ts.isExportDeclaration(statement) || ts.isImportDeclaration(statement))
      })
    expect(wrong).toEqual([])
  })
})
