import { describe, expect, test } from 'vitest'
import { LEAST_PAYLOAD_BYTES } from './limits.js'
import { unfit } from './version.js'

const server = (version: string, more = {}) => ({
  version,
  jetstream: true,
  max_payload: LEAST_PAYLOAD_BYTES,
  ...more,
})

describe('the server', () => {
  test('fits from 2.9.4 on, whatever its build', () => {
    for (const version of ['2.9.4', '2.9.10', '2.10.0', '2.15.1', '3.0.0', '2.12.0-RC.1', 'v2.11.4'])
      expect(unfit(server(version))).toBeNull()
    for (const version of ['2.9.3', '2.8.40', '1.99.99', '']) expect(unfit(server(version))).toMatch(/2\.9\.4/)
  })

  test('must have JetStream, and room for a message', () => {
    expect(unfit({ version: '2.15.1', max_payload: LEAST_PAYLOAD_BYTES })).toMatch(/JetStream/)
    expect(unfit(server('2.15.1', { max_payload: LEAST_PAYLOAD_BYTES - 1 }))).toMatch(/max_payload/)
  })
})
