import { z } from 'zod'
import { object } from './problems.js'

export const ROLES = ['gateway', 'worker', 'alerts'] as const
export type Role = (typeof ROLES)[number]

/** Of a new cluster: as many workers as that can share the work. */
export const CLUSTER_PARTITIONS = 16
/** Processes of one machine. */
export const WORKERS = 256

const REPLICAS = [1, 3, 5] as const
const ADDRESS = /^(?:(?:nats|tls):\/\/)?(?:[^\s/@:[\]]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$/
/** Ways to say who it is; each of them is whole by itself. */
const WAYS = ['credentials', 'user', 'token'] as const
const PASSWORD_AT = /@/

const server = z.string().superRefine((text, context) => {
  if (ADDRESS.test(text)) return
  // Whatever it is, it is not repeated: it may hold a password.
  const message = PASSWORD_AT.test(text)
    ? 'holds a user or a password: set user and password beside it, where the password may be env:NAME'
    : 'is no address of a NATS server: write it as nats://host:4222'
  context.addIssue({ code: 'custom', message })
})

const secret = z.string().min(1)
const path = z.string().min(1)

/** Where the cluster's NATS is, and how to get in. */
export const natsSchema = object({
  /** Such as `nats://nats-1:4222`; any of them tells of the others. */
  servers: z.array(server).min(1),
  /** Path of a `.creds` file, or of one that holds the seed of an nkey; read again with every connection. */
  credentials: path.optional(),
  user: z.string().min(1).optional(),
  /** Itself, or `env:NAME`; the token likewise. */
  password: secret.optional(),
  token: secret.optional(),
  /** Paths of PEM files: who signed the servers' certificate, and a certificate of our own where they ask for one. */
  tls: object({ ca: path.optional(), cert: path.optional(), key: path.optional() }).optional(),
  /** Of streams and buckets that are made. */
  replicas: z.literal(REPLICAS).default(1),
  /** Bytes of a partition's stream that is made. Beyond: appends are refused. */
  streamBytes: z.int().min(1).optional(),
}).superRefine((nats, context) => {
  const wrong = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message })
  const given = WAYS.filter(way => nats[way] !== undefined)
  if (given.length > 1) wrong([given[1] ?? ''], `leave it out, or ${given[0]}: one of ${WAYS.join(', ')} is enough`)
  if (nats.user !== undefined && nats.password === undefined) wrong(['password'], 'is missing: user has one')
  if (nats.user === undefined && nats.password !== undefined) wrong(['user'], 'is missing: whose is the password?')
  const { cert, key } = nats.tls ?? {}
  if (cert !== undefined && key === undefined)
    wrong(['tls', 'key'], 'is missing: the certificate needs its private key')
  if (cert === undefined && key !== undefined)
    wrong(['tls', 'cert'], 'is missing: the private key needs its certificate')
})

export const rolesSchema = z
  .array(z.enum(ROLES))
  .min(1)
  .refine(roles => new Set(roles).size === roles.length, { error: 'names a role twice: leave one out' })
  .default([...ROLES])

interface Shared {
  readonly nats?: unknown
  readonly roles: readonly Role[]
  readonly workers: number
}

/** Only a cluster shares out its work. */
export const checkCluster = ({ nats, roles, workers }: Shared, context: z.core.$RefinementCtx): void => {
  const wrong = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
  const alone = 'without server.nats this process is alone and'
  if (nats === undefined && roles.length < ROLES.length) wrong('roles', `${alone} has all roles: leave it out`)
  if (nats === undefined && workers > 1) wrong('workers', `${alone} does all work: leave it out`)
  if (workers > 1 && !roles.includes('worker')) wrong('workers', 'no worker is among server.roles: add it')
}
