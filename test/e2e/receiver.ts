/** Whoever is called by hooks: answers as the test says, and remembers what came. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Incident } from '@pulssi/protocol/client'
import { Webhook } from 'standardwebhooks'
import { onTestFinished } from 'vitest'

export const SECRET = `whsec_${Buffer.from('a secret of twenty-four b').toString('base64')}`

export interface Heard {
  readonly id: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** What the reference library makes of a message; throws where its signature is none. */
export const verified = ({ body, headers }: Heard): { type: string; timestamp: string; data: Incident } =>
  new Webhook(SECRET).verify(body, headers) as { type: string; timestamp: string; data: Incident }

type Answer = (response: ServerResponse) => void

export const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Answer =>
  response =>
    void response.writeHead(code, headers).end(body)

export class Receiver {
  readonly heard: Heard[] = []
  url = ''
  /** How the next messages are answered, one after the other; then with 204. */
  answers: Answer[] = []
  readonly #waiting = new Set<() => void>()

  static async open(): Promise<Receiver> {
    const receiver = new Receiver()
    const server = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString()
      const headers = request.headers as Record<string, string>
      receiver.heard.push({ id: headers['webhook-id'] ?? '', body, headers })
      const answer = receiver.answers.shift() ?? status(204)
      answer(response)
      for (const look of [...receiver.#waiting]) look()
    })
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve)
    })
    onTestFinished(() => {
      server.close()
      server.closeAllConnections()
    })
    receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    return receiver
  }

  /** Resolves once so many messages have come. */
  async hear(count: number): Promise<readonly Heard[]> {
    while (this.heard.length < count) {
      await new Promise<void>(resolve => {
        const look = (): void => {
          this.#waiting.delete(look)
          resolve()
        }
        this.#waiting.add(look)
      })
    }
    return this.heard
  }
}
