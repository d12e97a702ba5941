/** An operator with accounts that have JetStream, and credentials of their users, as `nsc` would make them. */
import { randomUUID } from 'node:crypto'
import { nkeys } from '@nats-io/transport-node'

type Pair = ReturnType<typeof nkeys.createUser>

const HEADER = { typ: 'JWT', alg: 'ed25519-nkey' }
const UNBOUND = { subs: -1, data: -1, payload: -1 }
const ACCOUNT = { ...UNBOUND, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 }
const JETSTREAM = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 }

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const signed = (issuer: Pair, subject: Pair, name: string, nats: object): string => {
  const iat = Math.floor(Date.now() / 1_000)
  const claims = { jti: randomUUID(), iat, iss: issuer.getPublicKey(), name, sub: subject.getPublicKey(), nats }
  const body = `${encoded(HEADER)}.${encoded(claims)}`
  return `${body}.${Buffer.from(issuer.sign(Buffer.from(body))).toString('base64url')}`
}

const credentialsOf = (account: Pair): string => {
  const user = nkeys.createUser()
  const jwt = signed(account, user, 'pulssi', { pub: {}, sub: {}, ...UNBOUND, type: 'user', version: 2 })
  const [begin, end] = ['-----BEGIN', '------END']
  return [
    `${begin} NATS USER JWT-----\n${jwt}\n${end} NATS USER JWT------\n`,
    `${begin} USER NKEY SEED-----\n${Buffer.from(user.getSeed())}\n${end} USER NKEY SEED------\n`,
  ].join('\n')
}

export interface Operator {
  /** Of the server that trusts it. */
  readonly settings: string
  /** The text of a `.creds` file of a new user of the account. */
  credentials(account: string): string
  /** The same of an account that the server doesn't know. */
  stranger(): string
}

export const makeOperator = (names: readonly string[]): Operator => {
  const operator = nkeys.createOperator()
  const accounts = new Map(names.map(name => [name, nkeys.createAccount()]))
  const system = nkeys.createAccount()
  const jwtOf = (name: string, account: Pair, limits: object): string =>
    signed(operator, account, name, { limits: { ...ACCOUNT, ...limits }, type: 'account', version: 2 })
  const known = [
    `${system.getPublicKey()}: ${jwtOf('system', system, {})}`,
    ...[...accounts].map(([name, account]) => `${account.getPublicKey()}: ${jwtOf(name, account, JETSTREAM)}`),
  ]
  const settings = [
    `operator: ${signed(operator, operator, 'operator', { type: 'operator', version: 2 })}`,
    `system_account: ${system.getPublicKey()}`,
    'resolver: MEMORY',
    `resolver_preload: {\n${known.join('\n')}\n}`,
  ].join('\n')
  return {
    settings,
    credentials: name => credentialsOf(accounts.get(name) as Pair),
    stranger: () => credentialsOf(nkeys.createAccount()),
  }
}
