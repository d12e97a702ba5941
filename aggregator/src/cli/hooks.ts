import { randomUUID } from 'node:crypto'
import { type Command, Option } from 'commander'
import { attempt, bodyOf, failureOf, type HookState, type Outcome, outcomeOf } from '../alerts/index.js'
import { ConfigError, type Hook, loadConfig } from '../config/index.js'
import { type AdminOptions, ask } from './admin.js'
import { CliError, type ExitName } from './exits.js'
import { type Io, print } from './io.js'
import { urlOption } from './options.js'
import { configFile } from './serve.js'

interface TestOptions {
  readonly config?: string
}

type Failure = Exclude<Outcome, { type: 'delivered' }>

const hookNamed = (io: Io, name: string, named: string | undefined): Hook => {
  const file = configFile(io, named)
  try {
    const { hooks } = loadConfig({ file, env: io.env, flags: {} })
    const hook = Object.hasOwn(hooks, name) ? hooks[name] : undefined
    if (hook !== undefined) return hook
    const known = Object.keys(hooks).join(', ') || 'there are none'
    throw new CliError('usage', `no hook is called "${name}" (${known}): name one of ${file ?? 'a configuration'}`)
  } catch (error) {
    throw error instanceof ConfigError ? new CliError('config', error.message) : error
  }
}

const ADVICE_BY_STATUS: readonly (readonly [least: number, most: number, advice: string])[] = [
  [300, 399, 'give the address that it leads to as the url of the hook'],
  [401, 403, 'check that the receiver has the same secret, and reads the body as it came before it parses it'],
  [404, 404, 'check the path in the url of the hook'],
  [410, 410, 'the receiver is gone for good: a server would switch this hook off; give it another url'],
  [429, 429, 'the receiver has enough for now: a server would send it again later'],
  [500, 599, 'look into the log of the receiver: a server would send it again later'],
]

const adviceFor = (failure: Failure): string => {
  const { status } = failure
  if (status !== null) {
    const found = ADVICE_BY_STATUS.find(([least, most]) => status >= least && status <= most)
    return found?.[2] ?? 'look into the log of the receiver: it must answer with 2xx'
  }
  const reason = failure.type === 'failed' ? failure.reason : ''
  if (reason.includes('allowInternal')) return 'nothing was sent'
  if (reason.includes('ENOTFOUND')) return 'check the name in the url of the hook'
  if (reason.includes('ECONNREFUSED')) return 'nobody listens there: start the receiver, or check the port'
  if (reason.includes('within')) return 'the receiver must answer first and work afterwards'
  return 'check the url of the hook, and its certificate'
}

const sendTest = async (io: Io, name: string, { config }: TestOptions): Promise<void> => {
  const hook = hookNamed(io, name, config)
  const begunAt = io.now()
  const message = { id: `msg_${randomUUID()}`, at: begunAt, body: bodyOf(hook.format, { type: 'test' }, begunAt) }
  const outcome = await attempt(hook, message, { signal: io.signal }).then(
    answered => outcomeOf(answered, io.now()),
    failureOf,
  )
  const tookMs = Math.round(io.now() - begunAt)
  if (outcome.type === 'delivered') return print(io, `${name} answered ${outcome.status} in ${tookMs} ms: it works`)
  const what = outcome.type === 'gone' ? `it answered ${outcome.status}` : outcome.reason
  throw new CliError('failed', `${name}: ${what} (after ${tookMs} ms): ${adviceFor(outcome)}`)
}

const lineOf = ({ name, format, state, waiting, delivered, failed, last }: HookState): string => {
  const came = last === null ? 'not called yet' : (last.reason ?? `it answered ${last.status}`)
  const counts = `${delivered} delivered, ${failed} failed, ${waiting} waiting`
  return `${name}  ${format}  ${state}  ${counts}  ${came}`
}

const list = async (io: Io, options: AdminOptions): Promise<void> => {
  const response = await ask(io, options, '/v1/admin/hooks', 'GET')
  const { hooks } = (await response.json()) as { hooks: readonly HookState[] }
  for (const hook of hooks) print(io, lineOf(hook))
  if (hooks.length === 0) print(io, 'the configuration names no hooks')
}

export const addHooks = (program: Command, io: Io, done: (exit: ExitName) => void): void => {
  const hooks = program.command('hooks').description('try the hooks that are told of incidents, or see how they do')
  hooks
    .command('test')
    .description('send one signed test message now, as the server would, and tell what came of it')
    .argument('<name>', 'of the hook, as in the configuration')
    .option('--config <file>', 'configuration; pulssi.config.json, if it is there (PULSSI_CONFIG)')
    .action(async (name: string, options: TestOptions) => {
      await sendTest(io, name, options)
      done('ok')
    })
  hooks
    .command('list')
    .description('the hooks of a running server: what waits, what failed, which are switched off')
    .addOption(urlOption(io))
    .addOption(
      new Option('--token <token>', 'token with the scope admin, where the server asks for one (PULSSI_TOKEN)'),
    )
    .action(async (options: AdminOptions) => {
      await list(io, options)
      done('ok')
    })
}
