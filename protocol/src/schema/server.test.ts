import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import type { z } from 'zod'
import { decode, type PulseFrame, type PulseRow, type ServerFrame } from '../client/index.js'
import { encodeServer } from '../codec.js'
import { scan } from '../scan.js'
import { spokenFrames } from '../testing/spoken.js'
import { pulseRowSchema, serverFrameSchema } from './server.js'

const row: PulseRow = [
  ...(['checkout.payment', 'web', 'close', 1] as const),
  ...([120, 14, 9, 0, 80, 3, 28, 0, 5, 11] as const),
  ...([0.252252, 0.180677, 0.340402, 111, true, 0.19] as const),
  ...([-0.060606, -0.317136, 0.195924, 33, 31, false, null, [2, 9, 6, 4, 8, 6]] as const),
  ...([0.091667, 0.051957, 0.156708, 120, true, null, ['rage', 4, 'error', 7]] as const),
  ...([18_200, null, 140_000] as const),
  ...([118, 0, 64] as const),
  ...([0.1, -0.2, 0.4, 2, 0.25, 40, 6, 30, 4, 0.75, 900] as const),
]
const pulse = (base: number | null, rows: PulseFrame[7]): PulseFrame => [68, 1, 7, base, 1732250000000, 180, [], rows]

describe('frames of the server', () => {
  const frames: [string, ServerFrame][] = [
    ['welcome', [64, 'd.abc', 1732250000000, 65_536, 100, 20, 5000]],
    ['welcome to a service', [64, null, 1732250000000, 65_536, 100, 2000, 5000]],
    ['ack', [65, 3, [[2, 0, 1]]]],
    ['error', [66, 429, 'slowly', 1000, 4, null]],
    ['late refusal', [66, 3, 'too far', null, 4, 99]],
    ['heartbeat', [67, 1732250000000]],
    ['full pulse', pulse(null, [row, row])],
    ['no pulse yet', pulse(null, [])],
    ['changes', pulse(6, [[0, [4, 121, 27, [2, 9, 6, 4, 8, 7]]]])],
    ['a row more', pulse(6, [[2, row]])],
    ['an incident', [69, 'i.1', 'payment hurts', '~stage.close', 1, 1732250000000]],
    ['an ask on a scale', [70, 'mood.1z', 'checkout.payment', 2, ['en', 'How?', 'fi', 'Miten?'], [], true, 600_000]],
    [
      'a choice',
      [
        70,
        'why.1',
        'cart',
        6,
        ['en', 'Why?'],
        [
          ['en', 'Price'],
          ['en', 'Other'],
        ],
        false,
        600_000,
      ],
    ],
    ['a nudge', [71, 'chat.2', 'cart', ['en', 'Stuck?'], ['/help', ['en', 'Ask us']], 120_000]],
    ['a nudge that leads nowhere', [71, 'chat.2', 'cart', ['en', 'Hold on'], null, 120_000]],
    ['a reply', [72, 'r-x', 'cart', 'It is mended', 604_800_000]],
    ['a comment', [73, 'v-x', 'cart', 1732250000000, 5, 'angry', 'so slow']],
    ['words that answer an ask', [73, 'v-x', 'cart', 1732250000000, null, null, 'so slow']],
  ]
  test.each(frames)('%s is of the grammar, and is read as it was written', (_, frame) => {
    expect(serverFrameSchema.safeParse(frame).success).toBe(true)
    const bytes = encodeServer(frame)
    expect(scan(bytes)).toBe(0)
    expect(decode(bytes)).toStrictEqual(frame)
  })

  const broken: [string, unknown][] = [
    ['a change of a field that is none', pulse(6, [[0, [52, 1]]])],
    ['a change without its value', pulse(6, [[0, [4]]])],
    ['changes where whole rows belong', pulse(null, [[0, [4, 1]]])],
    ['a row too short', pulse(null, [row.slice(1) as unknown as PulseRow])],
    ['a position past a batch', [65, 3, [[2, 100, 1]]]],
    ['a state that is none', [69, 'i.1', 'payment hurts', 'checkout.payment', 4, 1732250000000]],
    ['a language without a text', [70, 'mood.1', 'cart', 2, ['en'], [], false, 1]],
    ['an ask in no language', [70, 'mood.1', 'cart', 2, [], [], false, 1]],
    ['a form that is none', [70, 'mood.1', 'cart', 8, ['en', 'How?'], [], false, 1]],
    ['more options than there may be', [70, 'why.1', 'cart', 6, ['en', 'Why?'], Array(7).fill(['en', 'a']), false, 1]],
    ['a link without words', [71, 'chat.1', 'cart', ['en', 'Stuck?'], ['/help'], 1]],
    ['an empty reply', [72, 'r-x', 'cart', '', 1]],
    ['a reply too long', [72, 'r-x', 'cart', 'a'.repeat(301), 1]],
    ['a comment on a scale that is none', [73, 'v-x', 'cart', 0, 6, 1, 'so']],
    ['a frame of the client', [4, 1]],
  ]
  test.each(broken)('refuses %s', (_, frame) => {
    expect(serverFrameSchema.safeParse(frame).success).toBe(false)
  })

  test('W20 W22: asks, nudges, replies and comments of any words are of the grammar and come as they were written', () => {
    fc.assert(
      fc.property(spokenFrames, frame => {
        expect(serverFrameSchema.safeParse(frame).success).toBe(true)
        const bytes = encodeServer(frame)
        expect(scan(bytes)).toBe(0)
        expect(decode(bytes)).toStrictEqual(frame)
      }),
    )
  })

  test('the schema states the types that the wire has', () => {
    expectTypeOf<z.infer<typeof serverFrameSchema>>().toExtend<ServerFrame>()
    expectTypeOf<PulseRow['length']>().toEqualTypeOf<z.infer<typeof pulseRowSchema>['length']>()
    expect(pulseRowSchema.def.items).toHaveLength(row.length)
  })
})
