import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Shop, startShop } from './server.js'

const PAGES = new URL('./pages/', import.meta.url)

let shop: Shop
beforeAll(async () => {
  shop = await startShop({ port: 0, pulseUrl: 'http://127.0.0.1:8700', pages: PAGES })
})
afterAll(() => shop.stop())

interface Answer {
  readonly status: number
  readonly location: string | undefined
  readonly body: string
}

/** As a client that isn't a browser would ask: any path, any Host. */
const ask = (method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(shop.url)
    const asked = request({ hostname, port, method, path, headers }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', chunk => {
        text += chunk
      })
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, location: response.headers.location, body: text })
      })
    })
    asked.on('error', reject)
    asked.end(body)
  })

const turn = (headers: Record<string, string>, body = '{"payment":"failing"}'): Promise<Answer> =>
  ask('POST', '/demo/payment', headers, body)

describe('the shop', () => {
  it('gives out its pages and tins, and nothing that is not named', async () => {
    for (const path of [
      '/',
      '/product?tea=mint',
      '/cart',
      '/payment',
      '/thanks',
      '/help',
      '/art/pine.svg',
      '/shop.css',
    ]) {
      expect((await ask('GET', path)).status, path).toBe(200)
    }
    for (const path of ['/layout.html', '/../server.ts', '//', '/art/none.svg', '/%', '/art/..%2fcup.svg', 'http://']) {
      expect(await ask('GET', path), path).toMatchObject({ status: 404, body: 'No such page\n' })
    }
    expect((await ask('PUT', '/')).status).toBe(405)
  })

  it('takes no tea and no number from an address that it does not have', async () => {
    const { body } = await ask('GET', '/cart?tea=%3Cscript%3E&tins=99')
    expect(body).not.toContain('<script>')
    expect(body).toContain('€ 19.00')
    expect((await ask('GET', '/cart?tea=toString&tins=-1')).body).toContain('€ 19.00')
    expect((await ask('GET', '/cart?tea=pine&tins=6')).body).toContain('€ 132.00')
  })

  it('lets who pays through while payment works, and nobody while it fails', async () => {
    shop.till.set('working')
    expect(await ask('POST', '/pay?tea=mint&tins=2')).toMatchObject({
      status: 303,
      location: '/thanks?tea=mint&tins=2',
    })
    shop.till.set('failing')
    expect((await ask('POST', '/pay?tea=mint&tins=2')).status).toBe(502)
  })
})

describe('the switch', () => {
  it('is turned from the shop’s own pages alone', async () => {
    shop.till.set('working')
    expect((await turn({})).status).toBe(403)
    expect((await turn({ origin: 'https://evil.example' })).status).toBe(403)
    expect((await turn({ origin: 'null' })).status).toBe(403)
    expect((await turn({ origin: 'http://evil.example', host: 'evil.example' })).status).toBe(421)
    expect((await ask('GET', '/demo/payment', { host: 'evil.example' })).status).toBe(421)
    expect(shop.till.payment()).toBe('working')
    expect(await turn({ origin: shop.url })).toMatchObject({ status: 200, body: '{"payment":"failing"}\n' })
    expect(await ask('GET', '/demo/payment')).toMatchObject({ status: 200, body: '{"payment":"failing"}\n' })
  })

  it('says what is wrong with what it is sent', async () => {
    const origin = shop.url
    for (const body of ['', 'no json', 'null', '[]', '{}', '{"payment":"perhaps"}', '{"payment":["failing"]}']) {
      expect(await turn({ origin }, body), body).toMatchObject({ status: 400 })
    }
    expect((await turn({ origin }, `{"payment":"failing"}${' '.repeat(1_000)}`)).status).toBe(413)
    expect((await ask('DELETE', '/demo/payment')).status).toBe(405)
  })

  it('tells of changes alone, until nobody listens any more', () => {
    shop.till.set('working')
    const heard: string[] = []
    const off = shop.till.onChange(payment => heard.push(payment))
    shop.till.set('working')
    shop.till.set('failing')
    shop.till.set('failing')
    off()
    shop.till.set('working')
    expect(heard).toEqual(['failing'])
  })
})
