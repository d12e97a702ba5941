import { JetStreamApiError } from '@nats-io/jetstream'
import { errors } from '@nats-io/transport-node'
import { describe, expect, test } from 'vitest'
import { LinkLost } from './link.js'
import { isLasting, verdictOf } from './verdict.js'

const api = (err_code: number): JetStreamApiError =>
  new JetStreamApiError({ code: 400, err_code, description: `code ${err_code}` })

describe('verdicts', () => {
  test('what was expected and is not there is a conflict; any other answer of the server is a refusal', () => {
    for (const code of [10_071, 10_164]) expect(verdictOf(api(code))).toEqual({ is: 'conflict' })
    for (const code of [10_077, 10_047, 10_023])
      expect(verdictOf(api(code))).toEqual({ is: 'refused', why: `code ${code}` })
  })

  test('no answer at all leaves everything open', () => {
    const lost = [new LinkLost(), new errors.TimeoutError(), new errors.ClosedConnectionError(), new Error('else')]
    for (const error of lost) expect(verdictOf(error)).toEqual({ is: 'unknown' })
  })

  test('only what may pass is asked for again', () => {
    for (const error of [new LinkLost(), new errors.TimeoutError(), api(10_008), api(10_023)])
      expect(isLasting(error)).toBe(false)
    for (const error of [new RangeError(), api(10_059), api(10_058)]) expect(isLasting(error)).toBe(true)
  })
})
