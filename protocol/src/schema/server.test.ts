import { describe, expect, expectTypeOf, test } from 'vitest'
import type { z } from 'zod'
import { decode, type PulseFrame, type PulseRow, type ServerFrame } from '../client/index.js'
import { encodeServer } from '../codec.js'
import { scan } from '../scan.js'
import { pulseRowSchema, serverFrameSchema } from './server.js'

const row: PulseRow = [
  ...(['checkout.payment', 'web', 'close', 1] as const),
  ...([120, 14, 9, 0, 80, 3, 28, 0, 5, 11] as const),
  ...([0.252252, 0.180677, 0.340402, 111, true, 0.19] as const),
  ...([-0.060606, -0.317136, 0.195924, 33, 31, false, null, [2, 9, 6, 4, 8, 6]] as const),
  ...([0.091667, 0.051957, 0.156708, 120, true, null, ['rage', 4, 'error', 7]] as const),
  ...([18_200, null, 140_000] as const),
  ...([118, 0, 64] as const),
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
  ]
  test.each(frames)('%s is of the grammar, and is read as it was written', (_, frame) => {
    expect(serverFrameSchema.safeParse(frame).success).toBe(true)
    const bytes = encodeServer(frame)
    expect(scan(bytes)).toBe(0)
    expect(decode(bytes)).toStrictEqual(frame)
  })

  const broken: [string, unknown][] = [
    ['a change of a field that is none', pulse(6, [[0, [41, 1]]])],
    ['a change without its value', pulse(6, [[0, [4]]])],
    ['changes where whole rows belong', pulse(null, [[0, [4, 1]]])],
    ['a row too short', pulse(null, [row.slice(1) as unknown as PulseRow])],
    ['a position past a batch', [65, 3, [[2, 100, 1]]]],
    ['a state that is none', [69, 'i.1', 'payment hurts', 'checkout.payment', 4, 1732250000000]],
    ['a frame of the client', [4, 1]],
  ]
  test.each(broken)('refuses %s', (_, frame) => {
    expect(serverFrameSchema.safeParse(frame).success).toBe(false)
  })

  test('the schema states the types that the wire has', () => {
    expectTypeOf<z.infer<typeof serverFrameSchema>>().toExtend<ServerFrame>()
    expectTypeOf<PulseRow['length']>().toEqualTypeOf<z.infer<typeof pulseRowSchema>['length']>()
    expect(pulseRowSchema.def.items).toHaveLength(row.length)
  })
})
