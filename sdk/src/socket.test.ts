import { expect, test } from 'vitest'
import { socketUrl } from './socket.js'

test.each([
  ['ws://127.0.0.1:8700', 'ws://127.0.0.1:8700/v1/ws'],
  ['http://127.0.0.1:8700/', 'ws://127.0.0.1:8700/v1/ws'],
  ['https://p.example', 'wss://p.example/v1/ws'],
  ['wss://p.example/v1/ws', 'wss://p.example/v1/ws'],
  ['https://p.example/pulse/', 'wss://p.example/pulse/'],
])('%s is %s', (url, expected) => {
  expect(socketUrl(url)).toBe(expected)
})
