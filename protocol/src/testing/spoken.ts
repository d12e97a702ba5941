/** Arbitrary frames that a server says to people and of what they said, for properties. */
import fc from 'fast-check'
import { ASK_FORMS, ASK_OPTIONS, ASK_TEXT_CHARS, SCALES, type ServerFrame, type Text } from '../client/index.js'
import { text, touchpoints } from './frames.js'

const LANGUAGES = ['en', 'fi', 'ar', 'pt-BR', 'zh-Hant'] as const
const MOST_MS = 2_592_000_000

export const sayingIds = fc
  .tuple(fc.stringMatching(/^[a-z0-9-]{1,32}$/), fc.nat())
  .map(([rule, number]) => `${rule}.${number.toString(36)}`)
export const words: fc.Arbitrary<Text> = fc
  .uniqueArray(fc.constantFrom(...LANGUAGES), { minLength: 1 })
  .chain(languages => fc.tuple(...languages.map(language => fc.tuple(fc.constant(language), text(1, ASK_TEXT_CHARS)))))
  .map(pairs => pairs.flat())
const validMs = fc.nat(MOST_MS)
const links = fc.tuple(fc.constantFrom('/help', 'https://shop.example/chat?a=1#b'), words)

export const spokenFrames: fc.Arbitrary<ServerFrame> = fc.oneof(
  fc.tuple(
    fc.constant(70 as const),
    sayingIds,
    touchpoints,
    fc.nat(ASK_FORMS.length - 1),
    words,
    fc.array(words, { maxLength: ASK_OPTIONS }),
    fc.boolean(),
    validMs,
  ),
  fc.tuple(fc.constant(71 as const), sayingIds, touchpoints, words, fc.option(links), validMs),
  fc.tuple(fc.constant(72 as const), text(1, 64), touchpoints, text(1, ASK_TEXT_CHARS), validMs),
  fc.tuple(
    fc.constant(73 as const),
    text(1, 64),
    touchpoints,
    fc.nat(2 ** 31 - 1),
    fc.option(fc.nat(SCALES.length - 1)),
    fc.option(fc.oneof(fc.nat(10), fc.constant('angry'))),
    text(0, 500),
  ),
)
