/** Every bound of the widget. What happens at a bound stands beside it. */

/** An answer can be taken back so long after the last touch of the card. Then: it is sent. */
export const UNDO_MS = 5_000
/** The same while the comment is being written. */
export const COMMENT_MS = 60_000
/** Thanks stay so long after a comment. */
export const THANKS_MS = 2_000
/** A card ends so long before its ask, since an answer needs time to arrive. What was answered by then is sent. */
export const EARLY_MS = 2_000
/** The longest wait of a timer; a card that is valid for longer ends then. */
export const TIMER_MS = 1e9
/** A touch that moves so far sideways or down puts the card away. */
export const SWIPE_PX = 60
