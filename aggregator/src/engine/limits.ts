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
/** Newest answers of a touchpoint of which it is remembered who gave them. Beyond: the oldest are forgotten. */
export const ANSWERED_KEPT = 512
/**
 * Newest erasures that a whole partial carries, and for how long; no image holds them. A view that missed more
 * takes in anew who was seen.
 */
export const ERASURES = 1_024
export const ERASURE_MEMORY_MS = 10 * 60_000
/** People of whom it is remembered that they were asked, answered or are linked. Beyond: nobody else is asked. */
export const PEOPLE = 500_000
/** Answers to comments that wait for one visitor. Beyond: the oldest goes. */
export const REPLIES = 4
/** What waits to be stored in other partitions. Beyond: no link is made and linked visitors are asked nothing. */
export const OUTBOX = 16_384
/** How long a customer's partition may take to say whether a visitor may be asked. Beyond: it may want again. */
export const WANT_MS = 10_000
/** How long a link is remembered after its visitor was heard last. */
export const LINK_MEMORY_MS = 30 * 24 * 3_600_000
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
 * counters, recoveries by channel, answers by scale and level, what became of asks and nudges, signals by name, drops by
 * the visit's last signal (the first of them: without one), dwell buckets, answers that were asked for, drops by the
 * reason that the visitor stated, transitions by successor.
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
  asks: 160,
  nudged: 168,
  signal: 192,
  exit: 256,
  dwell: 384,
  asked: 1_536,
  reason: 1_792,
  transition: 2_432,
} as const
export const COUNTERS = 9
/** What became of asks, from Cell.asks on. `saved`: a trigger held, and nobody was asked. */
export const AskCell = { sent: 0, shown: 1, dismissed: 2, answered: 3, expired: 4, saved: 5 } as const
export const ASK_CELLS = 6
/** Visits with an outcome, and those of them that were dropped, from Cell.nudged on. */
export const NudgeCell = { nudged: 0, nudgedDropped: 1, control: 2, controlDropped: 3 } as const
export const NUDGE_CELLS = 4
/**
 * Answers on a scale to asks that a chance decided, from Cell.asked on: by whether the floor alone decided, by the
 * chance, which is 2^−class, and by the score, of which all scales together have SCORE_VALUES different ones.
 */
export const CHANCE_CLASSES = 8
export const SCORE_VALUES = 16
export const ASKED_CELLS = 2 * CHANCE_CLASSES * SCORE_VALUES
/** Class of the chance below which no policy goes, so that a change is noticed: 1 in 128. */
export const FLOOR_CLASS = 7
/** Class of the chance where no policy is in force: an eighth. */
export const NO_POLICY_CLASS = 3
/** Dwell buckets that there can be. */
export const DWELL_BUCKETS = 1_024
/** Reasons that visitors can state, over all asks. */
export const REASONS = 63
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
fits(Cell.answer + SCALES.length * ANSWER_STRIDE <= Cell.asks, 'answers lie below asks')
fits(Cell.asks + ASK_CELLS <= Cell.nudged && Cell.nudged + NUDGE_CELLS <= Cell.signal, 'asks lie below signals')
fits(Cell.dwell + DWELL_BUCKETS <= Cell.asked, 'a bucket for each dwell time')
fits(Cell.asked + ASKED_CELLS <= Cell.reason, 'a cell for each answer that was asked for')
fits(Cell.reason + REASONS + 1 <= Cell.transition, 'a cell for each reason')
fits(CELL_KEYS <= 65_536, 'keys of 16 bits')
