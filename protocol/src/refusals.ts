import { Refusal } from './client/index.js'

/** What each refusal means, for people. */
const TEXTS: Record<Refusal, string> = {
  [Refusal.badScore]: 'the score is no level of its scale, or the option none of its ask',
  [Refusal.badTime]: 'at is no whole millisecond between 2000 and a day ahead of now',
  [Refusal.seqTooFar]: 'the seq is more than 65,536 ahead of the lowest one not seen',
  [Refusal.textTooLong]: 'the text has more than 500 code points',
  [Refusal.channelDenied]: 'the key may not write to this channel',
  [Refusal.visitorDenied]: 'the key may speak for its own visitor only',
  [Refusal.badValue]: "the goal's value lies beyond ±1e12",
  [Refusal.touchpointRefused]: 'the map does not know the touchpoint, and no place is left for such',
  [Refusal.badEvent]: 'the event is not of the form that is asked for',
  [Refusal.askDenied]: 'the visitor was not asked this, or in another form, or the ask is answered or over',
  [Refusal.linkDenied]: "a page's link needs the host's proof of the customer; a code is redeemed by a service",
}

export const refusalText = (code: Refusal): string => TEXTS[code]
