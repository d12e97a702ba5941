import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Surveyed } from '../nats/index.js'
import { checkAccount, checkClusterSkew, checkCopies, checkLeases, checkRoundTrip, checkVersions } from './cluster.js'
import type { Finding } from './finding.js'

const levels = (findings: readonly Finding[]): string[] => findings.map(({ level }) => level)
const card = (name: string, version: string) => ({ name, version, maxPayloadBytes: 1, cluster: null, others: [] })

/** A stream with copies beside its leader; all that the checks look at. */
const stream = (
  leader: string | null,
  ...replicas: { offline?: boolean; current: boolean; lag?: number; active?: number }[]
): Surveyed => {
  const cluster = {
    ...(leader === null ? {} : { leader }),
    replicas: replicas.map((replica, at) => ({ name: `n${at}`, active: 0, ...replica })),
  }
  const info = { cluster, config: { num_replicas: replicas.length + 1 } }
  const part = { is: 'values', stream: 'KV_x', bucket: 'x' }
  return { part, info, step: { is: 'fits', stays: [] } } as unknown as Surveyed
}

describe('the servers of a cluster', () => {
  it('are of one version', () => {
    expect(checkVersions([card('a', '2.12.1'), card('b', '2.12.1')]).level).toBe('ok')
    expect(checkVersions([card('a', '2.12.1'), card('b', '2.11.0')]).level).toBe('warn')
  })

  it('are near, and have room', () => {
    expect([checkRoundTrip(1).level, checkRoundTrip(80).level]).toEqual(['ok', 'warn'])
    const account = { streams: 3, storageBytes: 81, mostStreams: -1, mostStorageBytes: 100 }
    expect(checkAccount(account).level).toBe('warn')
    expect(checkAccount({ ...account, mostStorageBytes: -1 }).level).toBe('ok')
  })

  it('have clocks that are off by no more than can be known', () => {
    fc.assert(
      fc.property(fc.integer({ min: -900, max: 900 }), fc.nat({ max: 5_000 }), (skewMs, uncertainMs) => {
        const off = skewMs + Math.sign(skewMs) * uncertainMs
        expect(checkClusterSkew({ skewMs: off, uncertainMs }).level).toBe('ok')
      }),
    )
    expect(checkClusterSkew({ skewMs: -3_000, uncertainMs: 5 }).level).toBe('warn')
    expect(checkClusterSkew({ skewMs: 90_000, uncertainMs: 5 }).level).toBe('fail')
    expect(checkClusterSkew(null).level).toBe('ok')
  })
})

describe('copies', () => {
  it('are warned of where there is one', () => {
    expect(levels(checkCopies([stream(null)]))).toEqual(['warn'])
    expect(levels(checkCopies([stream('a', { current: true }, { current: true })]))).toEqual(['ok'])
    expect(checkCopies([])).toEqual([])
  })

  it('fail where one is away or nobody leads, and are warned of where one is behind', () => {
    expect(levels(checkCopies([stream('a', { current: true }, { current: false, offline: true })]))).toEqual(['fail'])
    expect(levels(checkCopies([stream('a', { current: false, active: 6e9 })]))).toEqual(['fail'])
    expect(levels(checkCopies([stream(null, { current: true })]))).toEqual(['fail'])
    expect(levels(checkCopies([stream('a', { current: false })]))).toEqual(['warn'])
    expect(levels(checkCopies([stream('a', { current: true, lag: 5_000 })]))).toEqual(['warn'])
  })
})

describe('leases', () => {
  const now = 1_000_000
  const lease = (name: string, owner: string | null, untilMs = now) => ({ name, owner, epoch: 1, untilMs })
  const member = (owner: string, untilMs = now) => ({ owner, untilMs, holds: ['partition/0'] })
  const names = ['partition/0', 'partition/1']
  const level = (leases: ReturnType<typeof lease>[], members: ReturnType<typeof member>[]): string =>
    checkLeases(names, 'worker', { leases, members }, now).level

  it('are well where each is held', () => {
    expect(level([lease('partition/0', 'a'), lease('partition/1', 'b')], [member('a')])).toBe('ok')
  })

  it('fail where one is free, has run out or was never taken', () => {
    expect(level([lease('partition/0', 'a'), lease('partition/1', null)], [member('a')])).toBe('fail')
    expect(level([lease('partition/0', 'a'), lease('partition/1', 'b', now - 10_000)], [member('a')])).toBe('fail')
    expect(level([lease('partition/0', 'a')], [member('a')])).toBe('fail')
  })

  it('are warned of where nobody is there to hold them', () => {
    expect(level([], [])).toBe('warn')
    expect(level([lease('partition/0', 'a')], [member('a', now - 60_000)])).toBe('warn')
  })
})
