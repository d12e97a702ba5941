import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { NatsBus, type NatsBusOptions, NatsLog, openNats } from '../../aggregator/src/nats/index.js'
import { text, untext } from './event-log.js'
import { NatsServer } from './nats-server.js'

let closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.reverse()) await close()
  closing = []
})

const started = async (settings?: string): Promise<NatsServer> => {
  const server = await NatsServer.start(settings)
  closing.push(() => server.dispose())
  return server
}
const place = (server: NatsServer, connection = {}) => ({
  connection: { servers: server.url, ...connection },
  project: randomUUID(),
  partitions: 1,
})

describe('the NATS server', () => {
  test('is refused where it has no JetStream, or takes too short messages, with what to do', async () => {
    const without = await started('max_payload: 8MB')
    await expect(openNats(place(without))).rejects.toThrow(/no JetStream: start it with -js/)
    const short = await started('jetstream { store_dir: "FOLDER" }')
    await expect(openNats(place(short))).rejects.toThrow(/max_payload to 2097152/)
  })

  test('gets the credentials that were given, and without them is an error', async () => {
    const server = await started(`
      max_payload: 8MB
      jetstream { store_dir: "FOLDER" }
      authorization { user: "pulssi", password: "right" }
    `)
    await expect(openNats(place(server, { user: 'pulssi', pass: 'wrong' }))).rejects.toThrow(/authorization/i)
    const opened = await openNats(place(server, { user: 'pulssi', pass: 'right' }))
    expect(await opened.log.append(0, text('a'))).toBe(1)
    await opened.close()
  })

  test('takes an entry as long as it says; one that is longer is refused alone', async () => {
    const server = await started()
    const log = await NatsLog.open(place(server))
    closing.push(() => log.close())
    const tooLong = log.append(0, new Uint8Array(8 * 1024 * 1024))
    const after = log.append(0, new Uint8Array(7 * 1024 * 1024))
    await expect(tooLong).rejects.toThrow(RangeError)
    expect(await after).toBe(1)
  })
})

describe('NatsBus', () => {
  const opened = async (server: NatsServer, options: Partial<NatsBusOptions> = {}): Promise<NatsBus> => {
    const { connection, project } = place(server)
    const bus = await NatsBus.open({ connection, project, ...options })
    closing.push(() => bus.close())
    return bus
  }

  test('drops what is published while there is no server, and delivers again after', async () => {
    const server = await started()
    const bus = await opened(server)
    const heard: string[] = []
    let wake = (): void => undefined
    bus.subscribe('a.b', bytes => {
      heard.push(untext(bytes))
      wake()
    })
    const next = (): Promise<void> =>
      new Promise(resolve => {
        wake = resolve
      })
    bus.publish('a.b', text('before'))
    await next()
    await server.kill()
    bus.publish('a.b', text('nobody hears'))
    await server.start()
    const telling = setInterval(() => bus.publish('a.b', text('after')), 20)
    await next()
    clearInterval(telling)
    expect(heard.slice(0, 2)).toEqual(['before', 'after'])
  })

  test('holds no more than its bound, and takes messages again once it has sent them', async () => {
    const server = await started()
    const bus = await opened(server, { queueBytes: 1_000_000 })
    const heard: string[] = []
    const ended = new Promise<void>(resolve => {
      bus.subscribe('a', bytes => {
        if (untext(bytes.subarray(0, 3)) === 'end') resolve()
        else heard.push(untext(bytes.subarray(0, 3)))
      })
    })
    for (let i = 100; i < 150; i++) bus.publish('a', text(`${i}`.padEnd(100_000)))
    const telling = setInterval(() => bus.publish('a', text('end'.padEnd(100_000))), 20)
    await ended
    clearInterval(telling)
    expect(heard).toEqual(Array.from({ length: 10 }, (_, i) => `${100 + i}`))
  })

  test('a message too long for the server is dropped alone', async () => {
    const server = await started()
    const errors: unknown[] = []
    const bus = await opened(server, { onError: error => errors.push(error) })
    const heard = new Promise<Uint8Array>(resolve => bus.subscribe('a', resolve))
    bus.publish('a', new Uint8Array(8 * 1024 * 1024))
    bus.publish('a', text('next'))
    expect(untext(await heard)).toBe('next')
    expect(errors).toEqual([expect.any(RangeError)])
  })
})
