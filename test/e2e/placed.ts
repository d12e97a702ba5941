/**
 * Where the servers of the end-to-end tests run. Alone with their folder, unless PULSSI_E2E says otherwise:
 * - `nats`: one process with all roles on a NATS server.
 * - `cluster`: two gateways and three workers on one; the test speaks with the first gateway, and every other of its
 *   sockets with the second.
 */
import { type RunningServer, type ServerOptions, startServer } from '@pulssi/aggregator'
import { type Member, startMember } from '../../aggregator/src/server.js'

const MODES = ['embedded', 'nats', 'cluster'] as const
type Mode = (typeof MODES)[number]
type Role = ServerOptions['config']['server']['roles'][number]

/** Accounts of the NATS server, so that each data folder has a cluster of its own, whatever its project is called. */
export const ACCOUNTS = 4_000
export const PASSWORD = 'of-the-tests'
export const accountName = (index: number): string => `account-${index}`
const ACCOUNTS_OF_A_FILE = 80
const PARTITIONS = 4
const ROLES: readonly Role[] = ['gateway', 'worker', 'alerts']
/** The first one has the alerts, so that what a test asks of it is there to be seen. */
const ROLES_OF_THE_FIRST: readonly Role[] = ['gateway', 'alerts']
const ROLES_OF_THE_SECOND: readonly Role[] = ['gateway']
const WORKERS = 3

const modeOf = (text: string): Mode => {
  const mode = MODES.find(name => name === text)
  if (mode === undefined) throw new Error(`PULSSI_E2E is one of ${MODES.join(', ')}`)
  return mode
}

const { PULSSI_E2E = 'embedded', VITEST_WORKER_ID = '0' } = process.env
const MODE = modeOf(PULSSI_E2E)

const accounts = new Map<string, string>()

/** The same for the same folder: a server that is started on it again finds what it had. */
const accountOf = (folder: string): string => {
  const known = accounts.get(folder)
  if (known !== undefined) return known
  const first = (Number(VITEST_WORKER_ID) * ACCOUNTS_OF_A_FILE) % ACCOUNTS
  const fresh = accountName(first + (accounts.size % ACCOUNTS_OF_A_FILE))
  accounts.set(folder, fresh)
  return fresh
}

const natsUrl = (): string => {
  const { PULSSI_E2E_NATS: url } = process.env
  if (url === undefined) throw new Error('there is no NATS server: npm run test:e2e-nats starts one')
  return url
}

/** `folder`: whose cluster it is; a configuration that is read again may name another. */
const placed = (
  options: ServerOptions,
  roles: readonly Role[],
  isFirst: boolean,
  folder = options.config.server.dataDir,
): ServerOptions => {
  const { server } = options.config
  const nats = { servers: [natsUrl()], user: accountOf(folder), password: PASSWORD, replicas: 1 } as const
  const partitions = MODE === 'cluster' && server.partitions === 1 ? PARTITIONS : server.partitions
  const own = isFirst ? {} : { port: 0, metrics: undefined }
  return {
    ...options,
    config: {
      ...options.config,
      server: { ...server, ...own, nats: { ...nats, servers: [...nats.servers] }, partitions, roles: [...roles] },
    },
  }
}

const seconds = new WeakMap<RunningServer, { readonly gateway: RunningServer; sockets: number }>()

/** The gateway that the next socket goes to. */
export const nextGateway = (server: RunningServer): RunningServer => {
  const second = seconds.get(server)
  return second !== undefined && second.sockets++ % 2 === 1 ? second.gateway : server
}

const startCluster = async (options: ServerOptions): Promise<RunningServer> => {
  const folder = options.config.server.dataDir
  const workers = Array.from({ length: WORKERS }, (): readonly Role[] => ['worker'])
  const roles = [ROLES_OF_THE_FIRST, ROLES_OF_THE_SECOND, ...workers]
  const starts = await Promise.allSettled(roles.map((some, at) => startMember(placed(options, some, at === 0))))
  const members = starts.flatMap((start): Member[] => (start.status === 'fulfilled' ? [start.value] : []))
  const closeAll = async (): Promise<void> => void (await Promise.all(members.map(member => member.close())))
  const failed = starts.find(start => start.status === 'rejected')
  const [first, second] = members.flatMap(({ server }) => server ?? [])
  if (failed !== undefined || first === undefined || second === undefined) {
    await closeAll()
    throw failed?.reason ?? new Error('there are no two gateways')
  }
  const server: RunningServer = {
    ...first,
    reload: async config => {
      await second.reload(placed({ ...options, config }, ROLES_OF_THE_SECOND, false, folder).config)
      return first.reload(placed({ ...options, config }, ROLES_OF_THE_FIRST, true, folder).config)
    },
    close: closeAll,
  }
  seconds.set(server, { gateway: second, sockets: 0 })
  return server
}

const startAlone = async (options: ServerOptions): Promise<RunningServer> => {
  const server = await startServer(placed(options, ROLES, true))
  return {
    ...server,
    reload: config => server.reload(placed({ ...options, config }, ROLES, true, options.config.server.dataDir).config),
  }
}

/** As `startServer`, in the place that was asked for. */
export const startPlaced = (options: ServerOptions): Promise<RunningServer> => {
  switch (MODE) {
    case 'embedded':
      return startServer(options)
    case 'nats':
      return startAlone(options)
    case 'cluster':
      return startCluster(options)
  }
}
