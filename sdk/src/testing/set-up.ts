import { check } from '../check.js'
import { createClient } from '../pulse.js'
import { addAll, boundsOf, packer } from '../service.js'
import type { PulseOptions, Stats, Told } from '../types.js'
import { ModelServer } from './model-server.js'
import { World } from './world.js'

/** A client, the server that it speaks to, and what it told its host. */
export const setUp = (seed = 1, options: Partial<PulseOptions> = {}) => {
  const server = new ModelServer()
  const world = new World(seed, server)
  server.world = world
  const all = { url: 'ws://x', key: 'sk', ...options }
  const pulse = createClient(all, { ...world.environment }, check, packer(all), boundsOf(all), addAll)
  const refused: Told['refused'][] = []
  const errors: Told['error'][] = []
  pulse.on('refused', told => refused.push(told))
  pulse.on('error', told => errors.push(told))
  return { server, world, pulse, refused, errors }
}

const lostOf = ({ lost }: Stats) => Object.values(lost).reduce((sum, n) => sum + n, 0)
/** What became of all events that were taken. */
export const accounted = (stats: Stats) => stats.acked + stats.refused + lostOf(stats) + stats.queued
export const storedOf = (server: ModelServer) => [...server.stored.values()].flat().length
