/**
 * The check of a decoded client frame on the hot path. It accepts exactly what schema/frames.ts accepts (a property
 * holds them together), in a fraction of the time and without allocating; explain.ts says why a frame was refused.
 */
import { isInt, isStream, isText, isVisitor } from './chars.js'
import {
  AGENT_CHARS,
  BATCH_EVENTS,
  type ClientFrame,
  FRAME_PLACES,
  Frame,
  IDENTITIES,
  KEY_CHARS,
  PROOF_CHARS,
  SEQ_MAX,
  SUBSCRIPTION_PATTERNS,
  TOKEN_CHARS,
  WINDOWS,
} from './client/index.js'
import { isEvent, isGroupHead, isPlace, isSubscriptionPattern } from './guard-event.js'

const isHello = (frame: readonly unknown[]): boolean =>
  frame.length === 7 &&
  (frame[1] === null || isText(frame[1], 1, KEY_CHARS)) &&
  isInt(frame[2], 0, IDENTITIES.length - 1) &&
  (frame[3] === null || isVisitor(frame[3])) &&
  (frame[4] === null || isText(frame[4], 1, PROOF_CHARS)) &&
  (frame[5] === null || isStream(frame[5])) &&
  isText(frame[6], 0, AGENT_CHARS)

/** All of a batch but its places and groups; those must be arrays of a size that a frame may have. */
export const isBatchHead = (frame: readonly unknown[]): boolean => {
  if (frame.length !== 5) return false
  const places: unknown = frame[3]
  const groups: unknown = frame[4]
  return (
    isInt(frame[1], 1, SEQ_MAX) &&
    (frame[2] === null || isInt(frame[2], 0, Number.MAX_SAFE_INTEGER)) &&
    Array.isArray(places) &&
    places.length <= FRAME_PLACES &&
    Array.isArray(groups) &&
    groups.length > 0 &&
    groups.length <= BATCH_EVENTS
  )
}

const isBatch = (frame: readonly unknown[]): boolean => {
  if (!isBatchHead(frame)) return false
  const places = frame[3] as readonly unknown[]
  const groups = frame[4] as readonly unknown[]
  for (let at = 0; at < places.length; at++) if (!isPlace(places[at])) return false
  let room = BATCH_EVENTS
  for (let at = 0; at < groups.length; at++) {
    const group = groups[at]
    if (!isGroupHead(group)) return false
    const events = group[4]
    room -= events.length
    if (room < 0) return false
    for (let index = 0; index < events.length; index++) if (!isEvent(events[index], places.length)) return false
  }
  return true
}

const isSubscribe = (frame: readonly unknown[]): boolean => {
  if (frame.length !== 4 || !isInt(frame[1], 0, SEQ_MAX)) return false
  const touchpoints: unknown = frame[2]
  const windows: unknown = frame[3]
  if (!Array.isArray(touchpoints) || touchpoints.length === 0 || touchpoints.length > SUBSCRIPTION_PATTERNS)
    return false
  if (!Array.isArray(windows) || windows.length === 0 || windows.length > WINDOWS.length) return false
  for (let at = 0; at < touchpoints.length; at++) if (!isSubscriptionPattern(touchpoints[at])) return false
  let seen = 0
  for (let at = 0; at < windows.length; at++) {
    const window: unknown = windows[at]
    if (!isInt(window, 0, WINDOWS.length - 1) || (seen & (1 << window)) !== 0) return false
    seen |= 1 << window
  }
  return true
}

export const guardClient = (frame: unknown): frame is ClientFrame => {
  if (!Array.isArray(frame)) return false
  switch (frame[0]) {
    case Frame.batch:
      return isBatch(frame)
    case Frame.hello:
      return isHello(frame)
    case Frame.subscribe:
      return isSubscribe(frame)
    case Frame.unsubscribe:
      return frame.length === 2 && isInt(frame[1], 0, SEQ_MAX)
    case Frame.auth:
      return frame.length === 2 && isText(frame[1], 1, TOKEN_CHARS)
    case Frame.forget:
      return frame.length === 3 && isInt(frame[1], 1, SEQ_MAX) && (frame[2] === null || isVisitor(frame[2]))
    default:
      return false
  }
}
