import type { RoleView } from '../cluster/index.js'
import type { AccountCard, ServerCard, Surveyed } from '../nats/index.js'
import { type Finding, fail, ok, sizeText, warn } from './finding.js'

const SKEW_WARN_MS = 1_000
const SKEW_FAIL_MS = 60_000
/** A round trip that is longer than this holds up every acknowledgement. */
const ROUND_TRIP_MS = 50
/** A copy may be behind by a little while events come in. */
const LAG_ENTRIES = 1_000
/** A copy of which its leader has heard nothing for so long is away; servers themselves wait longer to say so. */
const SILENT_NS = 5e9
/** A lease is over for its reader this long after the time that its holder wrote. */
const GRACE_MS = 3_000
/** Share of a limit that is too near to it. */
const NEARLY = 0.8

const listed = (items: readonly unknown[]): string => {
  const shown = items.slice(0, 8).join(', ')
  return items.length > 8 ? `${shown} and ${items.length - 8} more` : shown
}

export const checkVersions = (servers: readonly ServerCard[]): Finding => {
  const versions = [...new Set(servers.map(({ version }) => version))].sort()
  const names = servers.map(({ name, version }) => `${name} ${version}`)
  if (versions.length <= 1) return ok('nats', `NATS server ${listed(names)}`)
  return warn('nats', `NATS servers of several versions: ${listed(names)}`, 'update them one after the other')
}

export const checkRoundTrip = (roundTripMs: number): Finding => {
  const message = `a round trip to NATS takes ${roundTripMs.toFixed(1)} ms`
  if (roundTripMs <= ROUND_TRIP_MS) return ok('round trip', message)
  return warn('round trip', message, 'run Pulssi near its NATS servers: every acknowledgement waits for them')
}

/** null: the server doesn't say. */
export const checkClusterSkew = (skew: { skewMs: number; uncertainMs: number } | null): Finding => {
  if (skew === null) return ok('skew', 'the NATS server does not tell its time, or has no stream of the project yet')
  const sureMs = Math.max(0, Math.abs(skew.skewMs) - skew.uncertainMs)
  const message = `the NATS server's clock and this one are ${Math.round(Math.abs(skew.skewMs))} ms apart`
  const todo = 'run chrony or ntpd on all machines of the cluster'
  if (sureMs > SKEW_FAIL_MS) return fail('skew', message, todo)
  return sureMs > SKEW_WARN_MS ? warn('skew', message, todo) : ok('skew', message)
}

export const checkAccount = ({ streams, storageBytes, mostStreams, mostStorageBytes }: AccountCard): Finding => {
  const most = (limit: number, text: string): string => (limit < 0 ? text : `${text} of ${limit}`)
  const message =
    `the account has ${most(mostStreams, `${streams}`)} streams, and ${sizeText(storageBytes)}` +
    `${mostStorageBytes < 0 ? '' : ` of ${sizeText(mostStorageBytes)}`} stored`
  const isNear = mostStorageBytes > 0 && storageBytes > NEARLY * mostStorageBytes
  return isNear
    ? warn('account', message, 'raise the limit of the account, or lower retentionHours')
    : ok('account', message)
}

export const checkParts = (parts: readonly Surveyed[]): Finding[] => {
  const named = (is: Surveyed['step']['is']): string[] =>
    parts.filter(({ step }) => step.is === is).map(({ part }) => part.stream)
  const [missing, differing] = [named('make'), named('change')]
  const findings: Finding[] = []
  if (missing.length > 0) findings.push(fail('streams', `${listed(missing)} are missing`, 'pulssi nats init'))
  if (differing.length > 0)
    findings.push(warn('streams', `${listed(differing)} are smaller than asked`, 'pulssi nats init --apply'))
  for (const { part, step } of parts)
    if (step.is === 'wrong') findings.push(fail('streams', `${part.stream}: ${step.why}`, 'see pulssi nats init'))
  if (findings.length === 0) findings.push(ok('streams', `all ${parts.length} streams and buckets are as asked`))
  return findings
}

const copyTodo = 'look after the servers that hold them; until then one failure more may stop the cluster'

/** Leaders, and copies that are away or behind. */
export const checkCopies = (parts: readonly Surveyed[]): Finding[] => {
  const there = parts.flatMap(({ part, info }) => (info === null ? [] : [{ stream: part.stream, info }]))
  const findings: Finding[] = []
  const copies = there.map(({ stream, info: { cluster, config } }) => {
    const replicas = cluster?.replicas ?? []
    const away = replicas
      .filter(({ offline, current, active }) => offline === true || (!current && active > SILENT_NS))
      .map(({ name }) => name)
    const behind = replicas.filter(({ current, lag = 0 }) => !current || lag > LAG_ENTRIES).map(({ name }) => name)
    const isLeaderless = config.num_replicas > 1 && (cluster?.leader ?? '') === ''
    return { stream, away, behind: behind.filter(name => !away.includes(name)), isLeaderless }
  })
  const of = (is: (copy: (typeof copies)[number]) => boolean): string[] => copies.filter(is).map(({ stream }) => stream)
  const leaderless = of(({ isLeaderless }) => isLeaderless)
  const away = of(copy => copy.away.length > 0)
  const behind = of(copy => copy.behind.length > 0)
  const servers = [...new Set(copies.flatMap(copy => [...copy.away, ...copy.behind]))]
  if (leaderless.length > 0) findings.push(fail('copies', `${listed(leaderless)} have no leader`, copyTodo))
  if (away.length > 0) findings.push(fail('copies', `${listed(away)}: a copy is away (${listed(servers)})`, copyTodo))
  if (behind.length > 0)
    findings.push(warn('copies', `${listed(behind)}: a copy is behind (${listed(servers)})`, copyTodo))
  if (findings.length > 0 || there.length === 0) return findings
  return [...findings, ...healthyCopies(there.map(({ info }) => info))]
}

const healthyCopies = (infos: readonly NonNullable<Surveyed['info']>[]): Finding[] => {
  const fewest = Math.min(...infos.map(({ config }) => config.num_replicas))
  const leaders = [...new Set(infos.flatMap(({ cluster }) => cluster?.leader ?? []))].sort()
  if (fewest > 1) return [ok('copies', `${fewest} copies of everything, all current; led by ${listed(leaders)}`)]
  return [
    warn(
      'copies',
      'one copy of everything: a server that syncs in its own time may lose what it acknowledged when the power fails',
      'take server.nats.replicas: 3, or sync_interval: always in the jetstream block of the server',
    ),
  ]
}

/** `now`: ms since 1970, by a clock that agrees with theirs as far as `checkClusterSkew` says. */
export const checkLeases = (names: readonly string[], role: string, view: RoleView, now: number): Finding => {
  const isOver = (untilMs: number | null): boolean => untilMs === null || untilMs + GRACE_MS < now
  const held = new Set(
    view.leases.filter(({ owner, untilMs }) => owner !== null && !isOver(untilMs)).map(({ name }) => name),
  )
  const free = names.filter(name => !held.has(name))
  const members = view.members.filter(({ untilMs }) => !isOver(untilMs))
  const check = `leases`
  if (members.length === 0)
    return warn(check, `no process has the role ${role}`, `start one: pulssi serve --role ${role}`)
  const who = members.map(({ owner, holds }) => `${owner}: ${holds.filter(name => held.has(name)).length}`)
  if (free.length === 0) return ok(check, `${names.length} of the role ${role} are held, ${listed(who)}`)
  const todo = 'look into the logs of the members; a lease that was lost is taken within 5 s'
  return fail(check, `${listed(free)}: held by nobody, though there is ${listed(who)}`, todo)
}
