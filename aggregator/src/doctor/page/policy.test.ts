import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { allowsConnection, allowsInline, allowsScript, type Policy, policiesOf, sandboxed } from './policy.js'

const PAGE = new URL('https://shop.example/cart')
const policy = (text: string): Policy => policiesOf(text, 'here')[0] as Policy
const script = (text: string, url: string, signs = {}): boolean =>
  allowsScript(policy(text), new URL(url), PAGE, { nonce: undefined, integrity: undefined, ...signs })
const connects = (text: string, url: string, page = PAGE): boolean => allowsConnection(policy(text), new URL(url), page)

describe('a content security policy', () => {
  test.each([
    ["default-src 'self'", 'https://shop.example/x.js', true],
    ["default-src 'self'", 'https://pulse.example/x.js', false],
    ["default-src 'none'; script-src https:", 'https://pulse.example/x.js', true],
    ["script-src 'none'; script-src *", 'https://pulse.example/x.js', false],
    ['script-src *.example', 'https://pulse.example/x.js', true],
    ['script-src *.pulse.example', 'https://pulse.example/x.js', false],
    ['script-src pulse.example', 'https://pulse.example/x.js', true],
    ['script-src http://pulse.example', 'https://pulse.example/x.js', true],
    ['script-src pulse.example:8443', 'https://pulse.example/x.js', false],
    ['script-src pulse.example:*', 'https://pulse.example:8443/x.js', true],
    ['script-src https://pulse.example/sdk/', 'https://pulse.example/sdk/x.js', true],
    ['script-src https://pulse.example/sdk', 'https://pulse.example/sdk/x.js', false],
    ["script-src 'strict-dynamic' https:", 'https://pulse.example/x.js', false],
    ["script-src-elem 'none'; script-src *", 'https://pulse.example/x.js', false],
    ["img-src 'none'", 'https://pulse.example/x.js', true],
  ])('%s: script %s %s', (text, url, isAllowed) => {
    expect(script(text, url)).toBe(isAllowed)
  })

  test.each([
    ["connect-src 'self'", 'wss://shop.example/v1/ws', true],
    ["connect-src 'self'", 'wss://pulse.example/v1/ws', false],
    ['connect-src wss://pulse.example', 'wss://pulse.example/v1/ws', true],
    ['connect-src wss://pulse.example', 'https://pulse.example/v1/events', true],
    ['connect-src https://pulse.example', 'wss://pulse.example/v1/ws', false],
    ['connect-src pulse.example', 'wss://pulse.example/v1/ws', false],
    ['connect-src *', 'wss://pulse.example/v1/ws', true],
    ["default-src 'none'", 'wss://pulse.example/v1/ws', false],
  ])('%s: connection to %s %s', (text, url, isAllowed) => {
    expect(connects(text, url)).toBe(isAllowed)
  })

  test('a page without TLS may reach its own host by ws', () => {
    expect(connects("connect-src 'self'", 'ws://shop.example/v1/ws', new URL('http://shop.example/'))).toBe(true)
    expect(connects("connect-src 'self'", 'ws://shop.example/v1/ws')).toBe(false)
  })

  test('nonces and hashes allow a script, whatever its address', () => {
    const url = 'https://pulse.example/x.js'
    expect(script("script-src 'nonce-abc'", url, { nonce: 'abc' })).toBe(true)
    expect(script("script-src 'nonce-abc'", url, { nonce: 'abd' })).toBe(false)
    expect(script("script-src 'sha384-AA'", url, { integrity: 'sha384-AA' })).toBe(true)
    expect(script("script-src 'sha384-AA'", url, { integrity: 'sha384-AA sha384-BB' })).toBe(false)
  })

  test('a script in the page needs unsafe-inline, its nonce or its hash', () => {
    const text = 'pulse.enter("a")'
    const hash = createHash('sha256').update(text).digest('base64')
    const inline = (given: string, nonce?: string): boolean => allowsInline(policy(given), text, nonce)
    expect(inline("script-src 'self'")).toBe(false)
    expect(inline("script-src 'unsafe-inline'")).toBe(true)
    expect(inline("script-src 'unsafe-inline' 'nonce-x'")).toBe(false)
    expect(inline("script-src 'unsafe-inline' 'nonce-x'", 'x')).toBe(true)
    expect(inline(`script-src 'sha256-${hash}'`)).toBe(true)
    expect(inline(`script-src 'sha256-${hash.slice(1)}'`)).toBe(false)
    expect(inline('img-src *')).toBe(true)
  })

  test('several in one header hold each by itself, and a sandbox may take the origin away', () => {
    expect(policiesOf("script-src 'self', connect-src *", 'h')).toHaveLength(2)
    expect(policiesOf(' ; ', 'h')).toEqual([])
    expect(sandboxed(policy('sandbox'))).toBe('scripts')
    expect(sandboxed(policy('sandbox allow-scripts'))).toBe('origin')
    expect(sandboxed(policy('sandbox allow-scripts allow-same-origin'))).toBeNull()
    expect(sandboxed(policy('script-src *'))).toBeNull()
  })
})
