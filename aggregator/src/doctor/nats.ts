import { describe } from '../cluster/index.js'
import { type Config, ConfigError, natsOptions } from '../config/index.js'
import { NatsSurvey, NatsUnusable, type ServerCard } from '../nats/index.js'
import {
  checkAccount,
  checkClusterSkew,
  checkCopies,
  checkLeases,
  checkParts,
  checkRoundTrip,
  checkVersions,
} from './cluster.js'
import { type Finding, fail, reasonOf } from './finding.js'

/** What to do, by why the servers can't be used. */
const REMEDIES = {
  unreachable: 'start it, or mend server.nats.servers',
  refused: 'mend the credentials of server.nats',
  unfit: 'mend its configuration',
} as const

const failed = (server: string, error: unknown): Finding => {
  if (error instanceof NatsUnusable) return fail('nats', error.message, REMEDIES[error.why])
  return fail('nats', `${server}: ${reasonOf(error)}`, REMEDIES.unreachable)
}

/** Each server by itself: the client would be content with any of them. */
const visit = async (
  config: Config,
  servers: readonly string[],
): Promise<{ cards: ServerCard[]; findings: Finding[] }> => {
  const cards: ServerCard[] = []
  const findings: Finding[] = []
  for (const server of servers) {
    const place = natsOptions(config, 'doctor')
    try {
      const survey = await NatsSurvey.open({ ...place, connection: { ...place.connection, servers: [server] } })
      cards.push(survey.server)
      await survey.close()
    } catch (error) {
      findings.push(failed(server, error))
    }
  }
  return { cards, findings }
}

const leaseFindings = async (survey: NatsSurvey, partitions: number): Promise<Finding[]> => {
  const names = Array.from({ length: partitions }, (_, partition) => `partition/${partition}`)
  const now = Date.now()
  return [
    checkLeases(names, 'worker', await describe(survey.values, 'worker'), now),
    checkLeases(['alerts'], 'alerts', await describe(survey.values, 'alerts'), now),
  ]
}

const examine = async (survey: NatsSurvey, config: Config): Promise<Finding[]> => {
  const parts = await survey.parts()
  const findings = [
    checkRoundTrip(await survey.roundTripMs()),
    checkClusterSkew(await survey.skew(Date.now)),
    checkAccount(await survey.account()),
    ...checkParts(parts),
    ...checkCopies(parts),
  ]
  const hasValues = parts.some(({ part, info }) => part.is === 'values' && info !== null)
  return hasValues ? [...findings, ...(await leaseFindings(survey, config.server.partitions))] : findings
}

/** What may keep a cluster from running well. Changes nothing. */
export const checkNats = async (config: Config): Promise<Finding[]> => {
  const servers = config.server.nats?.servers ?? []
  try {
    const { cards, findings } = await visit(config, servers)
    if (cards.length === 0) return findings
    const survey = await NatsSurvey.open(natsOptions(config, 'doctor'))
    try {
      return [...findings, checkVersions(cards), ...(await examine(survey, config))]
    } finally {
      await survey.close()
    }
  } catch (error) {
    if (error instanceof ConfigError)
      return error.problems.map(({ path, message }) => fail('nats', `${path}: ${message}`, 'mend the configuration'))
    return [failed(servers.join(', '), error)]
  }
}
