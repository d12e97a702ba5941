import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { socketUrl } from '../../sdk/src/socket.js'
import { built } from './tag-site.js'

/**
 * What the lists of blockers look for whatever the host: words that stand alone or begin or end a part of an address,
 * and files whose name says all of it.
 */
const WORDS = [
  'ad|ads|advert|adserver|affiliate|analytic|analytics|analyse|audience|beacon|beacons|campaign|click|clicks',
  'clicktrack|collect|collector|conversion|cookie|counter|fingerprint|ga|gtag|gtm|heatmap|hit|hits|impression',
  'impressions|insight|insights|log|logger|logging|measure|metric|metrics|monitor|optimize|pageview|pageviews|ping',
  'pixel|pixels|profiler|recorder|replay|report|rum|sentry|spy|stat|stats|statistics|survey|tag|tags|tagging|tagmanager',
  'telemetry|trace|track|tracker|trackers|tracking|trk|umami|utm|visit|visitor|visits|vitals|webtrends',
]
  .join('|')
  .split('|')
const BLOCKED = new RegExp(`(^|[^a-z0-9])(${WORDS.join('|')})([^a-z0-9]|$)`, 'i')
/** Paths that lists know by heart though no word in them is bad. */
const KNOWN =
  /\/(relay|page|client|user|web|browser|js)[-_/]?events?(\/|$)|\/e(vents?)?\/v?1?\/?(track|log)|\/collect$/i

const isBlocked = (address: string): boolean => BLOCKED.test(address) || KNOWN.test(address)

test('the patterns know what they are for', () => {
  for (const path of ['/analytics.js', '/v1/beacon', '/js/tracker.min.js', '/telemetry/v2', '/pixel.gif', '/stats/hit'])
    expect(isBlocked(path), path).toBe(true)
  for (const path of ['/88/tag.min.js', '/relay/events']) expect(isBlocked(path), path).toBe(true)
  for (const path of ['/shop/cart', '/assets/app.min.js']) expect(isBlocked(path), path).toBe(false)
})

test('no file of the SDK, and no address that a page calls, looks like what blockers look for', () => {
  const manifest = JSON.parse(readFileSync(new URL('../../sdk/package.json', import.meta.url), 'utf8')) as {
    exports: Record<string, unknown>
  }
  const files = Object.keys(manifest.exports).filter(name => name.endsWith('.min.js'))
  expect(files.length).toBeGreaterThan(3)
  const socket = new URL(socketUrl('wss://pulse.example')).pathname
  const beacon = socket.replace(/[^/]*$/, 'events')
  const addresses = [...files.map(name => name.replace('.', '/sdk')), socket, beacon, '/pulse/ws', '/pulse/events']
  expect(addresses.filter(isBlocked)).toEqual([])
})

test('the stub that the documents show is the one that is built', async () => {
  const shown = readFileSync(new URL('../../sdk/README.md', import.meta.url), 'utf8')
  expect(shown).toContain(`<script>\n${(await built('stub.min.js')).trim()}\n</script>`)
})
