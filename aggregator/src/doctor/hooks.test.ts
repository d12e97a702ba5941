import { describe, expect, it } from 'vitest'
import type { Hook, Rule } from '../config/index.js'
import { checkHooks, type Resolve } from './hooks.js'

const GOOD: Hook = {
  url: 'https://ops.example/hook-of-ours',
  secret: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
  format: 'standard',
  allowInternal: false,
}
const rule = (hook: string): Rule => ({
  ...{ name: hook, touchpoint: 'a', figure: 'sentiment', below: 0, window: '5m', for: 0, clear: 1, hook },
})
const names: Record<string, readonly string[]> = {
  'ops.example': ['203.0.114.7', '2001:4860::1'],
  'both.example': ['203.0.114.7', '10.0.0.7'],
  'empty.example': [],
}
const resolve: Resolve = async name => {
  const found = names[name]
  if (found === undefined) throw Object.assign(new Error('unknown'), { code: 'ENOTFOUND' })
  return found
}

const check = async (change: Partial<Hook>, rules = [rule('ops')]): Promise<string[]> => {
  const findings = await checkHooks({ hooks: { ops: { ...GOOD, ...change } }, rules }, resolve)
  const text = JSON.stringify(findings)
  // Neither the path of an address nor a secret may be shown.
  expect(text).not.toContain('hook-of-ours')
  expect(text).not.toContain(GOOD.secret)
  return findings.map(({ level, message }) => `${level} ${message}`)
}

describe('the hooks', () => {
  it('are well where nothing is to be said', async () => {
    expect(await check({})).toEqual(['ok ops can be called; pulssi hooks test ops tries it'])
    expect(await checkHooks({ hooks: {}, rules: [] }, resolve)).toEqual([])
  })

  it('fail where they lead to an internal address that isn’t allowed, by number or by any address of a name', async () => {
    for (const host of ['127.0.0.1', '[::1]', '2130706433', 'both.example', 'empty.example']) {
      const url = `https://${host}/hook-of-ours`
      expect(await check({ url }), host).toEqual(['fail ops is never called: its address is not a public one'])
      expect(await check({ url, allowInternal: true }), host).toEqual([expect.stringMatching(/^ok /)])
    }
  })

  it('warn of a permission that nothing needs', async () => {
    expect(await check({ allowInternal: true })).toEqual([expect.stringMatching(/^warn .*internal one any time/)])
  })

  it('warn of a way that others can read', async () => {
    expect(await check({ url: 'http://ops.example/hook-of-ours' })).toEqual([expect.stringMatching(/^warn .*TLS/)])
    const near = { url: 'http://127.0.0.1:1/hook-of-ours', allowInternal: true }
    expect(await check(near)).toEqual([expect.stringMatching(/^ok /)])
  })

  it('warn of a name that nobody knows, and fail without an address', async () => {
    expect(await check({ url: 'https://no.example/hook-of-ours' })).toEqual([
      'warn ops: its name could not be resolved: ENOTFOUND',
    ])
    for (const url of ['env:HOOK', 'ftp://ops.example/', 'ops'])
      expect(await check({ url })).toEqual([expect.stringMatching(/^fail .*no whole http/)])
  })

  it('want a secret that receivers take, and none where nothing is signed', async () => {
    expect(await check({ secret: 'x'.repeat(16) })).toEqual([expect.stringMatching(/^warn .*16 bytes/)])
    expect(await check({ secret: 'x'.repeat(24) })).toEqual([expect.stringMatching(/^ok /)])
    expect(await check({ secret: 'short' })).toEqual([expect.stringMatching(/^fail .*shorter than 16/)])
    expect(await check({ secret: 'whsec_&' })).toEqual([expect.stringMatching(/^fail .*no base64/)])
    expect(await check({ format: 'slack' })).toEqual([expect.stringMatching(/^warn .*no signature/)])
  })

  it('warn of one that no rule names', async () => {
    expect(await check({}, [rule('others')])).toEqual(['warn ops is told nothing: no rule names it'])
  })
})
