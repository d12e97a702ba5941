import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_CONFIG } from '../engine/index.js'
import { DEFAULT_LIMITS } from '../gateway/limits.js'
import { ConfigError, type Problem, parseConfig, toEngineConfig } from './index.js'

const problemsOf = (value: unknown): readonly Problem[] => {
  try {
    parseConfig(value)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

const SHOP = {
  project: 'shop',
  server: { host: '127.0.0.1', port: 8700, dataDir: '.pulssi', retentionHours: 72 },
  keys: [{ key: 'pk_shop', origins: ['https://shop.example'], channels: ['web'] }, { key: 'sk_desk' }],
  readTokens: [{ token: 'rt_screen', touchpoints: ['*'], scopes: ['pulse', 'voice', 'incidents'] }],
  journey: {
    idle: '30m',
    grace: '30s',
    horizon: '48h',
    stages: ['attract', 'convert', 'close', 'advocate'],
    channels: { phone: { idle: '2h' } },
    touchpoints: {
      'checkout.payment': { stage: 'close', idle: '10m' },
      'checkout.thanks': { stage: 'close', end: true },
    },
  },
  cuts: ['variant', 'device'],
  rules: [
    {
      name: 'payment hurts',
      touchpoint: 'checkout.payment',
      figure: 'sentiment',
      below: -0.2,
      window: '5m',
      for: '2m',
      hook: 'ops',
    },
  ],
  hooks: { ops: { url: 'https://ops.example/pulssi', secret: 'env:OPS_HOOK_SECRET', allowInternal: false } },
}

const manyHooks = Object.fromEntries(
  Array.from({ length: 21 }, (_, i) => [`h${i}`, { url: 'https://a.example', format: 'slack' }]),
)

describe('a whole configuration', () => {
  test('is read with durations in ms and kinds of keys told apart', () => {
    const config = parseConfig(SHOP, 'shop', { OPS_HOOK_SECRET: 'whsec_c2VjcmV0cyBhcmUgbm90IGZvciBzaGFyaW5n' })
    const { ops } = config.hooks
    expect(ops?.secret).toMatch(/^whsec_/)
    expect(config.rules[0]?.clear).toBe(120_000)
    expect(config.keys).toEqual([
      { kind: 'page', key: 'pk_shop', origins: ['https://shop.example'], channels: ['web'], proofSecret: null },
      { kind: 'service', key: 'sk_desk' },
    ])
    expect(config.rules[0]?.for).toBe(120_000)
    expect(toEngineConfig(config)).toEqual({
      ...DEFAULT_CONFIG,
      channels: { phone: { idleMs: 7_200_000 } },
      touchpoints: [
        { pattern: 'checkout.payment', stage: 'close', idleMs: 600_000 },
        { pattern: 'checkout.thanks', stage: 'close', end: true },
      ],
    })
  })

  test('has a default everywhere', () => {
    const config = parseConfig({})
    expect(toEngineConfig(config)).toEqual(DEFAULT_CONFIG)
    expect(config.server.limits).toEqual(DEFAULT_LIMITS)
    expect(config.server).toMatchObject({ host: '127.0.0.1', port: 8700, clock: 'wall', retentionHours: 72 })
  })

  test('takes any of the limits and keeps the others', () => {
    const config = parseConfig({ server: { limits: { frameBytes: 1024 } } })
    expect(config.server.limits).toEqual({ ...DEFAULT_LIMITS, frameBytes: 1024 })
  })
})

describe('problems name the path and what to do', () => {
  const cases: [what: string, value: unknown, path: string, message: RegExp][] = [
    ['an unknown key', { journey: { idel: '30m' } }, 'journey.idel', /keys known here are idle, grace/],
    ['an unknown limit', { server: { limits: { frames: 1 } } }, 'server.limits.frames', /known here are frameBytes/],
    ['a limit of 0', { server: { limits: { frameBytes: 0 } } }, 'server.limits.frameBytes', /at least 1/],
    ['a number for a duration', { journey: { idle: 30 } }, 'journey.idle', /no duration.*"30s"/],
    ['a bad duration', { journey: { idle: '30 min' } }, 'journey.idle', /"30 min" is no duration/],
    ['no idle at all', { journey: { idle: '0s' } }, 'journey.idle', /over 0/],
    [
      'a stage that is not listed',
      { journey: { touchpoints: { 'a.b': { stage: 'clsoe' } } } },
      'journey.touchpoints["a.b"].stage',
      /"clsoe" is not in journey.stages \(attract/,
    ],
    [
      'a star in the middle',
      { journey: { touchpoints: { 'a.*.b': {} } } },
      'journey.touchpoints["a.*.b"]',
      /at the end/,
    ],
    ['a visitor kept too long', { journey: { horizon: '48d' } }, 'journey.horizon', /must stay under 49d/],
    ['a stage twice', { journey: { stages: ['a', 'a'] } }, 'journey.stages', /twice/],
    ['weights of nothing', { journey: { weights: { sentiment: 0, dropOff: 0, friction: 0 } } }, 'journey.weights', /0/],
    ['an overflow', { journey: { overflow: 'drop' } }, 'journey.overflow', /"other", "refuse"/],
    ['a page key without origins', { keys: [{ key: 'pk_a' }] }, 'keys[0].origins', /lists the origins/],
    [
      'a path in an origin',
      { keys: [{ key: 'pk_a', origins: ['https://a.example/x'] }] },
      'keys[0].origins[0]',
      /no origin/,
    ],
    ['channels of a service', { keys: [{ key: 'sk_a', channels: ['web'] }] }, 'keys[0].channels', /leave it out/],
    ['a key of no kind', { keys: [{ key: 'abc' }] }, 'keys[0].key', /pk_ .*sk_/],
    ['a key twice', { keys: [{ key: 'sk_a' }, { key: 'sk_a' }] }, 'keys[1].key', /twice/],
    ['a token in two forms', { readTokens: [{ token: 'a', sha256: 'a'.repeat(64) }] }, 'readTokens[0]', /not both/],
    ['a port that is text', { server: { port: 'eighty' } }, 'server.port', /number/],
    [
      'a hook that is not there',
      { rules: [{ ...SHOP.rules[0], hook: 'none' }] },
      'rules[0].hook',
      /not among the hooks/,
    ],
    ['a rule with two conditions', { ...SHOP, rules: [{ ...SHOP.rules[0], above: 1 }] }, 'rules[0]', /exactly one/],
    ['a rule without a condition', { rules: [{ ...SHOP.rules[0], below: undefined }] }, 'rules[0]', /below, above/],
    [
      'a condition that is none here',
      { rules: [{ name: 'a', touchpoint: 'a', figure: 'friction', change: 0.1 }] },
      'rules[0].change',
      /keys known here are name, touchpoint, figure, below, above/,
    ],
    [
      'a share below nothing',
      { rules: [{ name: 'a', touchpoint: 'a', figure: 'dropOff', above: -0.1 }] },
      'rules[0].above',
      /at least 0: dropOff is a share/,
    ],
    ['a hook without a secret', { hooks: { ops: { url: 'https://a.example' } } }, 'hooks.ops.secret', /openssl rand/],
    [
      'a format that is none',
      { hooks: { ops: { url: 'https://a.example', format: 'sms' } } },
      'hooks.ops.format',
      /slack/,
    ],
    [
      'a short secret',
      { hooks: { ops: { url: 'https://a.example', secret: 'short' } } },
      'hooks.ops.secret',
      /shorter than 16 bytes/,
    ],
    [
      'a secret that is no base64',
      { hooks: { ops: { url: 'https://a.example', secret: 'whsec_%%%' } } },
      'hooks.ops.secret',
      /no base64/,
    ],
    [
      'a secret that is nowhere',
      { hooks: { ops: { url: 'https://a.example', secret: 'env:PULSSI_NOWHERE' } } },
      'hooks.ops.secret',
      /no PULSSI_NOWHERE/,
    ],
    [
      'an address that is nowhere',
      { hooks: { ops: { url: 'env:PULSSI_NOWHERE', format: 'slack' } } },
      'hooks.ops.url',
      /no PULSSI_NOWHERE/,
    ],
    ['too many hooks', { hooks: manyHooks }, 'hooks', /more than 20/],
    ['a hook elsewhere', { hooks: { ops: { url: 'ftp://x', secret: 's' } } }, 'hooks.ops.url', /http/],
    ['a host for all', { server: { host: '0.0.0.0' } }, 'server.host', /no keys or readTokens are set/],
    ['a list', [], '', /object/],
  ]
  test.each(cases)('%s', (_what, value, path, message) => {
    const problems = problemsOf(value)
    expect(problems.map(problem => problem.path)).toContain(path)
    expect(problems.find(problem => problem.path === path)?.message).toMatch(message)
  })

  test('all of them at once', () => {
    const error = () => parseConfig({ a: 1, journey: { idle: 1, b: 2 } })
    expect(error).toThrow(/a: unknown here[\s\S]*/)
    expect(
      problemsOf({ a: 1, journey: { idle: 1, b: 2 } })
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['a', 'journey.b', 'journey.idle'])
  })

  test('whatever is given, it is read or refused with a ConfigError', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('server', 'keys', 'journey', 'rules', 'hooks', 'cuts'),
        (value, key) => {
          problemsOf(value)
          problemsOf({ [key]: value })
        },
      ),
    )
  })
})

test('a public host is fine once a key or a token is set', () => {
  expect(problemsOf({ server: { host: '0.0.0.0' }, keys: [{ key: 'sk_desk' }] })).toEqual([])
  expect(problemsOf({ server: { host: '0.0.0.0' }, readTokens: [{ token: 'rt' }] })).toEqual([])
})

test('the longest stay counts against the life of a visitor, in channels and touchpoints too', () => {
  expect(problemsOf({ journey: { horizon: '30d', idle: '5d' } })).toEqual([])
  for (const part of [{ channels: { phone: { idle: '18d' } } }, { touchpoints: { 'a.*': { grace: '18d' } } }]) {
    expect(problemsOf({ journey: { horizon: '30d', ...part } })).toMatchObject([{ path: 'journey.horizon' }])
  }
})
