import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createApi } from './api.js'
import { type Cell, cell } from './store/cell.js'

const serve = async (answer: (request: IncomingMessage, response: ServerResponse) => void) => {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const token: Cell<string | null> = cell<string | null>('rt_screen')
  let refusals = 0
  const api = createApi(token, () => refusals++)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/x`
  return { api, token, url, refusals: () => refusals }
}

test('the token travels in a header, never in the address', async () => {
  const { api, url } = await serve(({ url, headers }, response) => {
    response.end(JSON.stringify({ url, authorization: headers.authorization }))
  })
  const parameters = { touchpoint: ['a', 'b'], limit: 5 }
  expect(await api.get(url, parameters)).toEqual({
    url: '/v1/x?touchpoint=a&touchpoint=b&limit=5',
    authorization: 'Bearer rt_screen',
  })
})

test('what the server says of a failure is told, and an answer that isn’t JSON breaks nothing', async () => {
  const { api, url, refusals } = await serve(({ url }, response) => {
    response.statusCode = 403
    response.end(url === '/v1/x' ? '{"error":{"code":"forbidden","message":"not for this token"}}' : '<html>')
  })
  await expect(api.get(url)).rejects.toMatchObject({ status: 403, message: 'not for this token' })
  await expect(api.get(`${url}y`)).rejects.toMatchObject({ status: 403 })
  expect(refusals()).toBe(0)
})

test('a server that is not there is status 0', async () => {
  const { api } = await serve(() => {})
  await expect(api.get('http://127.0.0.1:1/')).rejects.toMatchObject({ status: 0 })
})

test('a refusal of the token asks for another one', async () => {
  const { api, url, refusals } = await serve((_, response) => {
    response.statusCode = 401
    response.end()
  })
  await expect(api.get(url)).rejects.toMatchObject({ status: 401 })
  expect(refusals()).toBe(1)
})

test('a refusal of a token that has been replaced since says nothing of the new one', async () => {
  const { api, url, token, refusals } = await serve((_, response) => {
    token.set('rt_fresh')
    response.statusCode = 401
    response.end()
  })
  await expect(api.get(url)).rejects.toMatchObject({ status: 401 })
  expect(refusals()).toBe(0)
})

test('an order is a POST of an empty object', async () => {
  const { api, url } = await serve(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    response.end(JSON.stringify([request.method, request.headers['content-type'], body]))
  })
  expect(await api.order(url)).toEqual(['POST', 'application/json', '{}'])
})
