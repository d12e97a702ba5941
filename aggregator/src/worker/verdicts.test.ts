import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Folded } from './messages.js'
import { foldedSubject, packFolded, unpackFolded } from './verdicts.js'

const u32 = fc.nat(0xff_ff_ff_ff)
const words = fc.array(u32, { maxLength: 40 }).map(list => Uint32Array.from(list))
const folded: fc.Arbitrary<Folded> = fc.record({
  type: fc.constant('folded' as const),
  partition: fc.nat(255),
  first: fc.maxSafeNat(),
  count: u32,
  sizeBytes: u32,
  verdicts: words,
  refusals: words,
})

test('verdicts come out of the Bus as they went in, wherever their bytes begin', () => {
  fc.assert(
    fc.property(folded, fc.maxSafeNat(), fc.nat(7), (folded, epoch, offset) => {
      const packed = packFolded(epoch, folded)
      const moved = Buffer.alloc(packed.length + offset).subarray(offset)
      moved.set(packed)
      expect(unpackFolded(foldedSubject(folded.partition), moved)).toEqual({ epoch, folded })
    }),
  )
})

test('what is none is passed over', () => {
  fc.assert(
    fc.property(folded, fc.nat(), (folded, cut) => {
      const packed = packFolded(1, folded)
      const subject = foldedSubject(folded.partition)
      const end = cut % 28
      expect(unpackFolded(subject, packed.subarray(0, end))).toBe(null)
      expect(unpackFolded('folded.x', packed)).toBe(null)
      new DataView(packed.buffer).setUint32(24, packed.length, true)
      expect(unpackFolded(subject, packed)).toBe(null)
    }),
  )
})
