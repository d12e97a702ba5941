import { expect, test } from 'vitest'
import { eventsUrl, socketUrl } from './address.js'

test.each([
  ['http://127.0.0.1:8700', 'ws://127.0.0.1:8700/', 'http://127.0.0.1:8700/v1/events'],
  ['https://p.example/', 'wss://p.example/', 'https://p.example/v1/events'],
  ['wss://p.example', 'wss://p.example/', 'https://p.example/v1/events'],
  ['ws://p.example/v1/ws', 'ws://p.example/v1/ws', 'http://p.example/v1/events'],
])('%s', (url, socket, events) => {
  expect(socketUrl(url)).toBe(socket)
  expect(eventsUrl(url)).toBe(events)
})

test.each(['', 'localhost:8700', 'ftp://x', 'http://', '/v1/ws'])('"%s" is no address', url => {
  expect(() => socketUrl(url)).toThrow(/no address of a server.*http:\/\/127\.0\.0\.1:8700/)
})
