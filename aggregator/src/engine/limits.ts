import { SCALE_LEVELS, SCALES } from '@pulssi/protocol/client'

/** Touchpoints that a name or pattern of the map matches. Beyond: `~other`. */
export const MAPPED_TOUCHPOINTS = 2_000
/** Touchpoints that the map doesn't know. Beyond: `~other`, or refused. */
export const UNMAPPED_TOUCHPOINTS = 200
export const TOUCHPOINTS = MAPPED_TOUCHPOINTS + UNMAPPED_TOUCHPOINTS + 1
/** Distinct touchpoints that follow one. Beyond: `~other`. */
export const SUCCESSORS = 256
/** Channels, signal names of a project. Beyond: `~other`. */
export const CHANNELS = 31
export const SIGNALS = 63
/** Streams of one visitor remembered at once. Beyond: the oldest is forgotten early. */
export const STREAMS_PER_VISITOR = 256
export const TRAIL_ENTRIES = 16
/** Newest comments kept of one touchpoint, and for how long. */
export const VOICES = 20
/**
 * Newest erasures that a whole partial carries, and for how long; no image holds them. A view that missed more
 * takes in anew who was seen.
 */
export const ERASURES = 1_024
export const ERASURE_MEMORY_MS = 10 * 60_000
export const OTHER = '~other'

export const SECOND_MS = 1_000
export const HOUR_MS = 3_600_000
export const TOO_LATE_MS = 24 * HOUR_MS
export const STREAM_MEMORY_MS = 48 * HOUR_MS
export const VISITOR_MEMORY_MS = 24 * HOUR_MS
export const VOICE_MEMORY_MS = 30 * 24 * HOUR_MS

/** One slice of each size in ms, and how many of them are kept: 10 min, 2 h, 48 h. */
export const SLICE_MS = [5_000, 60_000, 900_000] as const
export const SLICE_COUNT = [120, 120, 192] as const
/** Slices of the finest size in one of each. */
export const SLICE_SPAN = [1, 12, 180] as const

/**
 * What is counted, as 16-bit keys. One flat space, so that a slice is one sorted list of (key, count):
 * counters, recoveries by channel, answers by scale and level, signals by name, drops by the visit's last signal (the
 * first of them: without one), dwell buckets, transitions by successor.
 */
export const Cell = {
  entered: 0,
  views: 1,
  completed: 2,
  progressed: 3,
  switched: 4,
  dropped: 5,
  unseen: 6,
  troubled: 7,
  late: 8,
  recovered: 16,
  answer: 64,
  signal: 192,
  exit: 256,
  dwell: 384,
  transition: 2_432,
} as const
export const COUNTERS = 9
export const ANSWER_STRIDE = 16
export const CELL_KEYS = Cell.transition + TOUCHPOINTS

const fits = (condition: boolean, what: string): void => {
  if (!condition) throw new RangeError(what)
}
fits(COUNTERS <= Cell.recovered, 'counters lie below recoveries')
fits(Cell.recovered + CHANNELS + 1 <= Cell.answer, 'a recovery for each channel')
fits(Cell.answer + SCALES.length * ANSWER_STRIDE <= Cell.signal, 'an answer for each scale')
fits(
  SCALES.every(scale => SCALE_LEVELS[scale].count <= ANSWER_STRIDE),
  'a level for each answer',
)
fits(Cell.signal + SIGNALS + 1 <= Cell.exit, 'a cell for each signal')
fits(Cell.exit + SIGNALS + 2 <= Cell.dwell, 'a cell for each last signal, and one for none')
fits(CELL_KEYS <= 65_536, 'keys of 16 bits')
