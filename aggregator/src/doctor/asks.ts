import { doubtsAbout } from '../asks/index.js'
import type { Config } from '../config/index.js'
import { type Finding, ok, warn } from './finding.js'

const CHECK = 'asks'

/** Asks and nudges that can't be put, or may not be meant so; nothing where none are configured. */
export const checkAsks = (config: Config): Finding[] => {
  const { asks, nudges } = config
  if (asks.length + nudges.length === 0) return []
  const doubts = doubtsAbout(config)
  if (doubts.length > 0) return doubts.map(({ message, todo }) => warn(CHECK, message, todo))
  return [ok(CHECK, `${asks.length} asks and ${nudges.length} nudges, each with a moment and words of its own`)]
}
