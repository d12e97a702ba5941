import { afterEach, expect, test, vi } from 'vitest'
import { settingsOf } from './settings.js'

const script = (dataset: Record<string, string>) => {
  vi.stubGlobal('document', { baseURI: 'https://shop.example/cart/' })
  return { dataset, src: 'https://pulse.example/sdk/marks.min.js' } as unknown as HTMLScriptElement
}
afterEach(() => vi.unstubAllGlobals())

test.each([
  [undefined, 'https://pulse.example/'],
  ['wss://pulse.example', 'wss://pulse.example/'],
  ['wss://pulse.example:8443/v1/ws', 'wss://pulse.example:8443/v1/ws'],
  ['/pulse/ws', 'https://shop.example/pulse/ws'],
  ['pulse/ws', 'https://shop.example/cart/pulse/ws'],
])('data-url %s means %s', (url, meant) => {
  expect(settingsOf(script({ key: 'pk', ...(url === undefined ? {} : { url }) })).options.url).toBe(meant)
})

test('the element says all that a page can set', () => {
  const said = { key: 'pk', identity: 'device', channel: 'app', consent: 'pending', cuts: 'variant=B&device=phone' }
  const { options, global, readsMarks } = settingsOf(script({ ...said, global: 'ours', marks: 'off', debug: '' }))
  expect(options).toEqual({
    ...said,
    url: 'https://pulse.example/',
    cuts: { variant: 'B', device: 'phone' },
    debug: true,
  })
  expect([global, readsMarks]).toEqual(['ours', false])
  expect(settingsOf(script({ key: 'pk' }))).toMatchObject({
    options: { cuts: undefined, debug: false },
    global: 'pulse',
    readsMarks: true,
  })
})

test('what can not work is refused', () => {
  expect(() => settingsOf(script({}))).toThrow('no data-key')
  expect(() => settingsOf(script({ key: 'pk', url: 'http://' }))).toThrow()
})
