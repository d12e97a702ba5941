import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tagsOf } from './markup.js'
import { snippetOf } from './snippet.js'

const PAGE = new URL('https://shop.example/cart/')
const found = (html: string) => snippetOf(html, PAGE).snippet
const FILE =
  '<script async src="https://pulse.example/sdk/marks.min.js" data-url="wss://pulse.example" data-key="pk_a"></script>'

describe('the tags of a document', () => {
  test('any text is read to its end', () => {
    const pieces = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '=',
      '!--',
      '-->',
      'script',
      '/script',
      ' a',
      '&#x41;',
      'é',
      '\n',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), list => {
        const html = list.join('')
        for (const { at } of tagsOf(html)) expect(html[at]).toBe('<')
      }),
    )
  })

  test('attributes in all their forms, and what only looks like a tag', () => {
    const html = `<!-- <b> --><p A=1 b='x>y' c="&quot;&#65;&#x42;&nope;" d a=2>1 < 2<script>if (a<b) "<i>"</script><textarea><u></textarea><br/>`
    const tags = tagsOf(html).map(({ name, attributes, text }) => [name, Object.fromEntries(attributes), text])
    expect(tags).toEqual([
      ['p', { a: '1', b: 'x>y', c: '"AB&nope;', d: '' }, ''],
      ['script', {}, 'if (a<b) "<i>"'],
      ['textarea', {}, ''],
      ['br', {}, ''],
    ])
  })
})

describe('the snippet of a page', () => {
  test('is found by its attributes, against the base of the document', () => {
    const { files, wirings } = found('<base href="/x/"><script src=../my.js data-key=pk_a data-url=/pulse/ws></script>')
    expect(files.map(({ url }) => url.href)).toEqual(['https://shop.example/my.js'])
    expect(wirings).toMatchObject([{ url: '/pulse/ws', key: 'pk_a' }])
  })

  test('is found in a script of the page', () => {
    const { files, wirings, touchpoints } = found(
      `<script src="/sdk/pulssi.min.js"></script><script>const p = pulssi.createPulse({ url: 'wss://a.example', key: "pk_b" })
       p.enter('checkout.payment'); p.feedback("Checkout", {})</script><main data-pulssi-touchpoint="home">`,
    )
    expect(files).toHaveLength(1)
    expect(wirings).toMatchObject([{ url: 'wss://a.example', key: 'pk_b' }])
    expect(touchpoints).toEqual(['home', 'checkout.payment', 'Checkout'])
  })

  test('other scripts are none of ours', () => {
    const html = '<script src="/app.js"></script><script type="application/json">{"pulssi":1}</script>'
    expect(found(html)).toMatchObject({ files: [], wirings: [], inline: [] })
  })

  test('calls before the file are seen, unless the stub holds them', () => {
    const call = '<script>pulse.enter("home")</script>'
    const stub = '<script>window.pulse=[]</script>'
    expect(found(FILE + call).early).not.toBeNull()
    expect(found(call + FILE).early).not.toBeNull()
    expect(found(stub + FILE + call).early).toBeNull()
    expect(found(FILE.replace('async ', '') + call).early).toBeNull()
    expect(found(call + FILE.replace('async ', '')).early).not.toBeNull()
    expect(found(FILE + call.replaceAll('pulse', 'tea')).early).toBeNull()
    expect(
      found(FILE.replace('data-key', 'data-global=tea data-key') + call.replace('pulse', 'tea')).early,
    ).not.toBeNull()
  })
})
