/** Limits that both ends know (SPEC.md, part 5). The server announces those of its connection in `welcome`. */
export const FRAME_BYTES = 64 * 1024
export const BATCH_EVENTS = 100
export const FRAME_PLACES = 100
export const FRAME_DEPTH = 6
export const HTTP_EVENTS = 1_000
export const HTTP_BYTES = 1024 * 1024
export const BEACON_BYTES = 64 * 1024
export const VISITOR_CHARS = 64
export const STREAM_CHARS = 64
export const TOUCHPOINT_CHARS = 64
export const TOUCHPOINT_PART_CHARS = 32
export const CHANNEL_CHARS = 32
export const SIGNAL_CHARS = 24
export const KEY_CHARS = 128
export const TOKEN_CHARS = 4_096
export const AGENT_CHARS = 64
export const ASK_CHARS = 64
export const CUSTOMER_CHARS = 64
export const CODE_CHARS = 32
export const PROOF_CHARS = 128
export const CUT_DIMENSIONS = 6
export const CUT_CHARS = 32
export const COMMENT_CODE_POINTS = 500
/** Longer strings break the grammar; between 500 code points and this an event is refused alone. */
export const COMMENT_CHARS = 4_000
/** Of a question, an option, a nudge or a reply in one language; and languages of one text. */
export const ASK_TEXT_CHARS = 300
export const ASK_LANGUAGES = 24
/** An ask has so many options at most. */
export const ASK_OPTIONS = 6
/** A configured ask's or nudge's own id. One that was put has a number behind it: `id.number`. */
export const ASK_ID = /^[a-z0-9-]{1,32}$/
export const SUBSCRIPTION_PATTERNS = 64
export const SUBSCRIPTIONS = 32
export const SEQ_MAX = 2 ** 31 - 1
export const SEQ_AHEAD = 65_536
export const SEQ_WINDOW = 256
export const HEARTBEAT_MS = 5_000
export const STALE_MS = 12_000
export const STREAM_LIFE_MS = 24 * 3_600_000
/** 2000-01-01T00:00:00Z: an earlier `at` is refused. */
export const EARLIEST_AT = 946_684_800_000
export const AHEAD_MS = 24 * 3_600_000
export const VALUE_MAX = 1e12

/** `[a-z0-9_-]{1,32}` joined by dots, 64 characters at most. */
export const TOUCHPOINT = /^(?=.{1,64}$)[a-z0-9_-]{1,32}(\.[a-z0-9_-]{1,32})*$/
export const VISITOR = /^[A-Za-z0-9_.-]{1,64}$/
export const STREAM = /^[A-Za-z0-9_.-]{1,64}$/
export const CHANNEL = /^[a-z0-9_-]{1,32}$/
export const SIGNAL = /^[a-z0-9-]{1,24}$/
