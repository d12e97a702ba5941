import { type Command, InvalidArgumentError, Option } from 'commander'
import { type Config, ConfigError, loadConfig, parseDuration, SCOPES } from '../config/index.js'
import { makeProof, TOKEN_LIFE_S } from '../gateway/index.js'
import { CliError, type ExitName } from './exits.js'
import { complain, type Io, print } from './io.js'
import { newSecret, revoke } from './keys.js'
import { idOf, sha256Of } from './secret-id.js'
import { configFile } from './serve.js'
import { signToken } from './signing.js'
import { openFile, type WhereOptions, where } from './where.js'

const DEFAULT_TTL_MS = 3_600_000

interface NewTokenOptions extends WhereOptions {
  readonly touchpoint: readonly string[]
  readonly scope: readonly string[]
  readonly jwt?: boolean
  readonly privateKey?: string
  readonly ttl?: number
}

interface ProofOptions extends WhereOptions {
  readonly key?: string
  readonly customer?: boolean
}

const parseTtl = (text: string): number => {
  const ms = parseDuration(text)
  if (ms !== null && ms >= 1_000 && ms <= TOKEN_LIFE_S * 1_000) return ms
  throw new InvalidArgumentError('It must be a duration from 1s to 24h, such as 15m.')
}

const configOf = (io: Io, { config }: WhereOptions): Config => {
  try {
    return loadConfig({ file: configFile(io, config), env: io.env, flags: {} })
  } catch (error) {
    throw error instanceof ConfigError ? new CliError('config', error.message) : error
  }
}

const newSigned = async (io: Io, options: NewTokenOptions): Promise<void> => {
  const { project, jwt } = configOf(io, options)
  const claims = { project, touchpoints: options.touchpoint, scopes: options.scope }
  print(io, await signToken(jwt, options.privateKey, claims, io.now(), options.ttl ?? DEFAULT_TTL_MS))
}

const newOpaque = (io: Io, options: NewTokenOptions): void => {
  if (options.ttl !== undefined || options.privateKey !== undefined) {
    throw new CliError('usage', '--ttl and --private-key are for --jwt: an opaque token holds until it is revoked')
  }
  const file = openFile(io, options)
  const token = newSecret('rt_')
  const entry = { sha256: sha256Of(token), touchpoints: options.touchpoint, scopes: options.scope }
  file.replace('readTokens', [...file.list('readTokens'), entry])
  print(io, token)
  complain(io, `added to ${file.path}. This is the only time that the token is shown: the file has its hash.`)
  if (file.open) complain(io, 'it is the first: from now on writing needs a key, see pulssi keys new')
  complain(io, file.hint(io.env))
}

const listTokens = (io: Io, options: WhereOptions): void => {
  for (const entry of openFile(io, options).list('readTokens')) {
    const { touchpoints = ['*'], scopes = ['pulse'] } = entry as { touchpoints?: string[]; scopes?: string[] }
    print(io, `${idOf(entry)}  ${touchpoints.join(' ')}  ${scopes.join(' ')}`)
  }
}

/** What the host's server says to prove who its customer is; needs the secret of the page key. */
const proof = (io: Io, id: string, options: ProofOptions): void => {
  const { key, customer = false } = options
  const { project, keys } = configOf(io, options)
  for (const entry of keys) {
    if (entry.kind !== 'page' || entry.proofSecret === null || (key !== undefined && entry.key !== key)) continue
    return print(io, makeProof(entry.proofSecret, project, customer ? 'customer' : 'visitor', id))
  }
  throw new CliError('config', 'no page key of the configuration, or not this one, has a proofSecret')
}

const addNew = (token: Command): Command =>
  token
    .command('new')
    .description('make a token and print it; it reads the pulse of every touchpoint, unless told otherwise')
    .addOption(new Option('--touchpoint <pattern...>', 'name, or a start with * after it').default(['*'], '*'))
    .addOption(new Option('--scope <scope...>', 'what it is good for').choices(SCOPES).default(['pulse'], 'pulse'))
    .option('--jwt', 'sign one that expires, with the key of an issuer under jwt; the configuration stays as it is')
    .addOption(
      new Option('--ttl <duration>', 'how long a signed one lives, 24h at most; 1h unless set').argParser(parseTtl),
    )
    .option('--private-key <file>', 'PEM, to sign with where the configuration has the public half alone')

export const addToken = (program: Command, io: Io, done: (exit: ExitName) => void): void => {
  const token = program.command('token').description('make, list and revoke the tokens that read; make proofs')
  where(addNew(token)).action(async (options: NewTokenOptions) => {
    if (options.jwt === true) await newSigned(io, options)
    else newOpaque(io, options)
    done('ok')
  })
  where(token.command('list'))
    .description('list the opaque tokens by the start of their hash')
    .action((options: WhereOptions) => {
      listTokens(io, options)
      done('ok')
    })
  where(token.command('revoke'))
    .description('take an opaque token out; a signed one ends by itself, or with its issuer')
    .argument('<token>', 'the token itself, or the sha256:… of the list')
    .action((named: string, options: WhereOptions) => {
      revoke(io, 'readTokens', named, options)
      done('ok')
    })
  where(token.command('proof'))
    .description('print the proof that a page needs to speak for a customer of the host')
    .argument('<id>', 'the visitor as the page calls it, or with --customer the customer of a link')
    .option('--key <key>', 'page key whose secret is taken; the first that has one unless set')
    .option('--customer', 'for a link')
    .action((id: string, options: ProofOptions) => {
      proof(io, id, options)
      done('ok')
    })
}
