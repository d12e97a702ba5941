import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { makeCertificate } from '../../../../test/tools/certificate.js'
import { ANSWER_BYTES } from '../limits.js'
import { failureOf, outcomeOf } from './outcome.js'
import { type Outgoing, type PostOptions, post } from './post.js'

const listening = async (server: Pick<Server, 'listen' | 'address' | 'close'>): Promise<string> => {
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
}

const receiver = (answer: RequestListener): Promise<string> => {
  const server = createServer(answer)
  onTestFinished(() => server.closeAllConnections())
  return listening(server)
}

const tcp = (talk: (socket: Socket) => void): Promise<string> =>
  listening(
    createTcpServer(socket => {
      socket.on('error', () => {})
      onTestFinished(() => void socket.destroy())
      talk(socket)
    }) as unknown as Server,
  )

const send = (url: string, more: Partial<Outgoing & PostOptions> = {}) => {
  const { signal = new AbortController().signal, timeoutMs = 5_000, mayGo = () => true, lookup, ...out } = more
  const always = { signal, timeoutMs, mayGo }
  const options = lookup === undefined ? always : { ...always, lookup }
  return post({ url, headers: { 'x-test': '1' }, body: '{"a":"ä"}', allowInternal: true, ...out }, options)
}

const answering = (status: number, headers: Record<string, string> = {}): Promise<string> =>
  receiver((_, response) => response.writeHead(status, headers).end('no thanks'))

describe('an attempt', () => {
  test('posts JSON and tells what came back', async () => {
    const seen: unknown[] = []
    const url = await receiver(async (request, response) => {
      const chunks = await request.toArray()
      seen.push(
        request.method,
        request.headers['content-type'],
        request.headers['x-test'],
        Buffer.concat(chunks).toString(),
      )
      response.end('thanks')
    })
    expect(await send(url)).toEqual({ status: 200, retryAfter: undefined, text: 'thanks' })
    expect(seen).toEqual(['POST', 'application/json', '1', '{"a":"ä"}'])
  })

  test.each([
    [204, 'delivered'],
    [410, 'gone'],
    [404, 'failed'],
    [500, 'failed'],
  ])('that is answered %s is %s', async (status, type) => {
    expect(outcomeOf(await send(await answering(status)), 0).type).toBe(type)
  })

  test.each([301, 302, 303, 307, 308])('a redirect %s is not followed', async status => {
    let followed = 0
    const elsewhere = await receiver((_, response) => {
      followed++
      response.end()
    })
    const outcome = outcomeOf(await send(await answering(status, { location: elsewhere })), 0)
    expect([outcome, followed]).toEqual([
      { type: 'failed', status, reason: `it answered ${status}, and redirects are not followed`, askedMs: null },
      0,
    ])
  })

  test.each([429, 503])('%s may ask for a wait, others may not', async status => {
    const asked = outcomeOf(await send(await answering(status, { 'retry-after': '7' })), 0)
    const other = outcomeOf(await send(await answering(500, { 'retry-after': '7' })), 0)
    expect([asked, other]).toMatchObject([{ askedMs: 7_000 }, { askedMs: null }])
  })

  test('of an answer of 10 MB reads the beginning, cuts the rest off, and its status counts', async () => {
    let sentBytes = 0
    const url = await receiver((_, response) => {
      const chunk = Buffer.alloc(64 * 1024, 'x')
      const write = (): void => {
        while (sentBytes < 10 * 1024 * 1024 && !response.destroyed) {
          sentBytes += chunk.length
          if (!response.write(chunk)) return void response.once('drain', write)
        }
        response.end()
      }
      write()
    })
    const { status, text } = await send(url)
    expect([status, text.length]).toEqual([200, ANSWER_BYTES])
    expect(sentBytes).toBeLessThan(10 * 1024 * 1024)
  })

  test('a receiver that never answers, or never ends, is not waited for', async () => {
    const silent = send(await tcp(() => {}), { timeoutMs: 30 })
    await expect(silent).rejects.toThrow('no answer within 0.03 s')
    const endless = await receiver((_, response) => void response.writeHead(200).write('a'))
    expect(await send(endless, { timeoutMs: 100 })).toMatchObject({ status: 200, text: 'a' })
  })

  test('garbage, endless headers, a reset, another protocol and a body cut short fail without harm', async () => {
    const header = 'x: y\r\n'.repeat(10_000)
    const faulty: ((socket: Socket) => void)[] = [
      socket => socket.end('SSH-2.0-OpenSSH_9\r\n\r\n'),
      socket => socket.end(Buffer.from([0, 255, 13, 10, 13, 10])),
      socket => socket.end(`HTTP/1.1 200 OK\r\n${header}\r\n`),
      socket => socket.resetAndDestroy(),
      socket => socket.end(),
      socket => socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
    ]
    for (const talk of faulty) {
      const url = await tcp(socket => socket.once('data', () => talk(socket)))
      const error = await send(url).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(Error)
      expect(failureOf(error)).toMatchObject({ type: 'failed', status: null })
    }
    const cut = await tcp(socket =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort')),
    )
    expect(await send(cut)).toMatchObject({ status: 200, text: 'short' })
  })

  test('nobody there is told by the code of the system, not by the address', async () => {
    const gone = await new Promise<string>(resolve => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo
        server.close(() => resolve(`http://127.0.0.1:${port}/`))
      })
    })
    const failure = failureOf(await send(gone).catch((error: unknown) => error))
    expect(failure).toMatchObject({ reason: 'it could not be reached: ECONNREFUSED' })
  })

  test('to an internal address opens no connection, by number or by name', async () => {
    let connections = 0
    const url = await tcp(() => connections++)
    const { port } = new URL(url)
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433']) {
      const refused = send(`http://${host}:${port}/`, { allowInternal: false })
      await expect(refused, host).rejects.toThrow('not a public one')
    }
    expect(connections).toBe(0)
  })

  test('a name is resolved once, and the connection goes where it was judged to lead', async () => {
    const url = await receiver((_, response) => response.end('there'))
    let asked = 0
    const { text } = await send(url.replace('127.0.0.1', 'rebinding.example'), {
      allowInternal: false,
      lookup: (_, options, callback) => {
        asked++
        if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }])
        else callback(null, '127.0.0.1', 4)
      },
    })
    expect([text, asked]).toEqual(['there', 1])
  })

  test('asks once more when the receiver is reached, and where it may not go tells it nothing', async () => {
    const heard: Buffer[] = []
    let connections = 0
    let end = (): void => {}
    const ended = new Promise<void>(resolve => {
      end = resolve
    })
    const url = await tcp(socket => {
      connections++
      socket.on('data', chunk => heard.push(chunk))
      socket.on('close', () => end())
    })
    const asked: number[] = []
    const refused = send(url, { mayGo: () => asked.push(1) === 0 })
    await expect(refused).rejects.toThrow('may not be told')
    await ended
    expect([asked.length, connections, Buffer.concat(heard).length]).toEqual([1, 1, 0])
  })

  test('over TLS is told to nobody without a certificate that is believed, and arrives whole where it is', async () => {
    const heard: string[] = []
    const server = createSecureServer(makeCertificate('a receiver'), async (request, response) => {
      heard.push(Buffer.concat(await request.toArray()).toString())
      response.end('thanks')
    })
    onTestFinished(() => server.closeAllConnections())
    const url = (await listening(server)).replace('http:', 'https:')
    let asked = 0
    const mayGo = (): boolean => ++asked > 0
    expect(failureOf(await send(url, { mayGo }).catch((error: unknown) => error))).toMatchObject({ type: 'failed' })
    expect([asked, heard]).toEqual([0, []])
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(await send(url, { mayGo })).toMatchObject({ status: 200, text: 'thanks' })
    expect([asked, heard]).toEqual([1, ['{"a":"ä"}']])
  })

  test('can be called off', async () => {
    const stop = new AbortController()
    const url = await tcp(socket => socket.once('data', () => stop.abort()))
    await expect(send(url, { signal: stop.signal })).rejects.toThrow()
  })
})
