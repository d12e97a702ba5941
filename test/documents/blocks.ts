/** The fenced blocks of the documents that users read. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../package/pack.js'

const DOCUMENTS = [
  'README.md',
  'docs/ASKS.md',
  'docs/OPERATIONS.md',
  'docs/CLUSTER.md',
  'docs/FRAMEWORKS.md',
  'CONTRIBUTING.md',
  'sdk/README.md',
  'protocol/README.md',
  'aggregator/README.md',
] as const

export interface Block {
  /** `README.md, line 12` */
  readonly where: string
  readonly language: string
  readonly text: string
}

const blocksOf = (file: string): Block[] => {
  const document = readFileSync(join(root, file), 'utf8')
  return [...document.matchAll(/^( *)```(\w*)[^\n]*\n([\s\S]*?)^\1```$/gm)].map(found => ({
    where: `${file}, line ${document.slice(0, found.index).split('\n').length}`,
    language: found[2] ?? '',
    text: found[3] ?? '',
  }))
}

/** In the order in which somebody would read them. */
export const readBlocks = (): Block[] => DOCUMENTS.flatMap(blocksOf)
