import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../config/index.js'
import { BadAnswer, parseHook, parseOrigins, parseProject, parseSteps, parseYes, projectFrom } from './answers.js'
import { configurationOf, textOf } from './configuration.js'

/** What an answer is understood as, or that it isn't. */
const read = <Value>(parse: (text: string) => Value, text: string): Value | null => {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof BadAnswer) return null
    throw error
  }
}

describe('whatever is answered', () => {
  test('the result is a good configuration, or the answer is asked for again', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[a-z.= ]{0,40}$/))
    const url = fc.oneof(fc.webUrl(), fc.constantFrom('http://127.0.0.1:9/x', 'https://hooks.slack.com/services/A/B'))
    fc.assert(
      fc.property(text, text, fc.array(url, { maxLength: 3 }), fc.option(url), fc.boolean(), (...given) => {
        const [name, journey, places, hook, service] = given
        const [steps, origins] = [read(parseSteps, journey), read(parseOrigins, places.join(' '))]
        if (steps === null || origins === null) return
        const answers = { project: projectFrom(name), origins, steps, hook: parseHook(hook ?? ''), service }
        const made = configurationOf(answers)
        const config = parseConfig(JSON.parse(textOf(made.value)))
        expect(config.keys).toHaveLength(service ? 2 : 1)
        expect(Object.keys(config.journey.touchpoints)).toEqual(steps.map(({ touchpoint }) => touchpoint))
        expect(Object.keys(config.hooks)).toEqual(hook === null ? [] : ['ops'])
      }),
    )
  })

  test('a project may be called as the folder is', () => {
    const property = fc.property(fc.string(), folder => {
      expect(parseProject(projectFrom(folder))).toBe(projectFrom(folder))
    })
    fc.assert(property)
    expect(projectFrom('Tea & Kettle')).toBe('tea-kettle')
  })
})

test('steps get their stage by their place, unless they name one, and a thank-you page is an end', () => {
  expect(parseSteps('home, product  pay=rescue thanks')).toEqual([
    { touchpoint: 'home', stage: 'attract', end: false },
    { touchpoint: 'product', stage: 'attract', end: false },
    { touchpoint: 'pay', stage: 'rescue', end: false },
    { touchpoint: 'thanks', stage: 'close', end: true },
  ])
})

test.each([
  [parseProject, 'Shop!'],
  [parseOrigins, ''],
  [parseOrigins, 'shop.example'],
  [parseOrigins, 'ftp://shop.example'],
  [parseSteps, 'Home'],
  [parseSteps, 'home home'],
  [parseSteps, 'home=A'],
  [parseSteps, 'home=a=b'],
  [parseSteps, Array.from({ length: 101 }, (_, index) => `a${index}`).join(' ')],
  [parseHook, 'slack'],
  [parseYes, 'perhaps'],
])('%o doesn’t understand %j', (parse, text) => {
  expect(read<unknown>(parse, text)).toBeNull()
})

test('addresses are cut to origins, and each is kept once', () => {
  expect(parseOrigins('https://a.example/x, https://a.example http://b.example:8080/')).toEqual([
    'https://a.example',
    'http://b.example:8080',
  ])
})

test('a chat gets its form, a hook a secret, one on this machine its permission', () => {
  const hooks = (hook: string): unknown => {
    const answers = { project: 'a', origins: ['https://a.example'], steps: [], hook, service: false }
    return (configurationOf(answers).value as { hooks: { ops: unknown } }).hooks.ops
  }
  expect(hooks('https://hooks.slack.com/services/A')).toEqual({
    url: 'https://hooks.slack.com/services/A',
    format: 'slack',
  })
  expect(hooks('https://x.webhook.office.com/A')).toMatchObject({ format: 'teams' })
  expect(hooks('http://localhost:1')).toMatchObject({ secret: expect.stringMatching(/^whsec_/), allowInternal: true })
  expect(hooks('https://ops.example')).not.toHaveProperty('allowInternal')
})
