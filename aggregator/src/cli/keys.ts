import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { CliError, type ExitName } from './exits.js'
import { complain, type Io, print } from './io.js'
import { findEntry, idOf, sha256Of } from './secret-id.js'
import { openFile, type WhereOptions, where } from './where.js'

/** 192 bits: nobody tries them out. */
const SECRET_BYTES = 24

export const newSecret = (prefix: string): string => prefix + randomBytes(SECRET_BYTES).toString('base64url')

interface NewKeyOptions extends WhereOptions {
  readonly page?: boolean
  readonly service?: boolean
  readonly origin?: readonly string[]
  readonly channel?: readonly string[]
  readonly proof?: boolean
}

/** Prints the secrets to stdout, one a line, and all else to stderr. */
const newKey = (io: Io, options: NewKeyOptions): void => {
  const { page = false, service = false, origin, channel, proof = false } = options
  if (page === service) throw new CliError('usage', 'say which: --page with --origin, or --service')
  if (service && (origin ?? channel ?? (proof || undefined)) !== undefined) {
    throw new CliError('usage', '--origin, --channel and --proof are for pages: a service is bound by nothing')
  }
  if (page && origin === undefined)
    throw new CliError('usage', 'a page key needs --origin, such as https://shop.example')
  const file = openFile(io, options)
  const key = newSecret(page ? 'pk_' : 'sk_')
  const proofSecret = proof ? newSecret('ps_') : undefined
  const entry = page
    ? { key, origins: origin, ...(channel && { channels: channel }), ...(proofSecret && { proofSecret }) }
    : { sha256: sha256Of(key) }
  file.replace('keys', [...file.list('keys'), entry])
  print(io, key)
  if (proofSecret !== undefined) print(io, proofSecret)
  const once = page ? '' : ' This is the only time that the key is shown: the file has its hash.'
  complain(io, `added to ${file.path}.${once}`)
  if (file.open) complain(io, 'it is the first: from now on reading needs a token, see pulssi token new')
  complain(io, file.hint(io.env))
}

const listKeys = (io: Io, options: WhereOptions): void => {
  for (const entry of openFile(io, options).list('keys')) {
    const {
      key,
      origins = [],
      channels = ['web'],
      proofSecret,
    } = entry as {
      key?: string
      origins?: string[]
      channels?: string[]
      proofSecret?: string
    }
    const page = key?.startsWith('pk_') === true
    const bounds = [...origins, ...channels, ...(proofSecret === undefined ? [] : ['proofs'])].join(' ')
    print(io, page ? `${idOf(entry)}  page     ${key}  ${bounds}` : `${idOf(entry)}  service`)
  }
}

/** Takes an entry out; a running server closes what it had let in by it. */
export const revoke = (io: Io, name: 'keys' | 'readTokens', named: string, options: WhereOptions): void => {
  const file = openFile(io, options)
  const entries = file.list(name)
  const gone = findEntry(entries, named)
  const left = entries.filter(entry => entry !== gone)
  file.replace(name, left)
  complain(io, `${idOf(gone)} is no longer in ${file.path}`)
  const others = file.list(name === 'keys' ? 'readTokens' : 'keys')
  if (left.length + others.length === 0) {
    complain(io, 'no key and no token is left: without any, everyone on this machine may write and read')
  }
  complain(io, file.hint(io.env))
}

export const addKeys = (program: Command, io: Io, done: (exit: ExitName) => void): void => {
  const keys = program
    .command('keys')
    .description('make, list and revoke the keys that write; changes the configuration')
  where(keys.command('new'))
    .description('make a key and print it')
    .option('--page', 'for pages: public, from its origins alone')
    .option('--service', 'for services: secret, shown once; the configuration gets its hash')
    .option('--origin <origin...>', 'where pages with this key come from, such as https://shop.example')
    .option('--channel <channel...>', 'channels that the pages may write to; web, unless set')
    .option('--proof', 'make a secret too, with which the host proves who its customers are')
    .action((options: NewKeyOptions) => {
      newKey(io, options)
      done('ok')
    })
  where(keys.command('list'))
    .description('list the keys; secret ones by the start of their hash')
    .action((options: WhereOptions) => {
      listKeys(io, options)
      done('ok')
    })
  where(keys.command('revoke'))
    .description('take a key out')
    .argument('<key>', 'the key itself, or the sha256:… of the list')
    .action((key: string, options: WhereOptions) => {
      revoke(io, 'keys', key, options)
      done('ok')
    })
}
