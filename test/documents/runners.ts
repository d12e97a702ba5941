/** How each block of the documents is run. Each block has exactly one runner. */
import type { Block } from './blocks.js'
import { runCluster } from './run-cluster.js'
import { runCreatedHook } from './run-hook.js'
import { runPage } from './run-page.js'
import { runProgram, runSubscriber } from './run-program.js'
import { runConfiguration, runShell } from './run-shell.js'
import { runTypes } from './run-types.js'
import type { World } from './world.js'

export interface Runner {
  readonly name: string
  readonly takes: (block: Block) => boolean
  readonly run: (block: Block, world: World) => Promise<void>
}

const js = (name: string, mark: string, run: Runner['run']): Runner => ({
  name,
  takes: ({ language, text }) => language === 'js' && text.includes(mark),
  run,
})
const of = (language: string, run: Runner['run']): Runner => ({
  name: language,
  takes: block => block.language === language,
  run,
})
const isOfCluster = (where: string): boolean => where.startsWith('docs/CLUSTER.md')

export const RUNNERS: readonly Runner[] = [
  of('html', runPage),
  { name: 'cluster', takes: ({ language, where }) => language === 'sh' && isOfCluster(where), run: runCluster },
  { name: 'sh', takes: ({ language, where }) => language === 'sh' && !isOfCluster(where), run: runShell },
  of('json', runConfiguration),
  of('ts', runTypes),
  of('tsx', runTypes),
  js('service', 'createPulse(', runProgram(/^$/, 'phone.support')),
  js('subscriber', 'createLive(', runSubscriber),
  js('receiver', "from 'standardwebhooks'", runCreatedHook),
  js('proof', 'createHmac(', runProgram(/^[\da-f]{64} [\da-f]{64}\n$/)),
  js('codec', 'readClientFrame(', runProgram(/ok: true/)),
  js('server', 'startServer(', runProgram(/^http:\/\/127\.0\.0\.1:\d+\n$/)),
]

export const runnersOf = (block: Block): Runner[] => RUNNERS.filter(({ takes }) => takes(block))
