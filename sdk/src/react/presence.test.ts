import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { createPresence } from './presence.js'

const NAMES = ['shop.home', 'shop.cart', 'checkout.payment']

let page: EventTarget
afterEach(() => vi.unstubAllGlobals())

/** A client that notes its calls. */
const noting = () => {
  page = new EventTarget()
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  const said: string[] = []
  const client = {
    enter: (touchpoint: string) => said.push(`enter ${touchpoint}`),
    leave: (touchpoint: string) => said.push(`leave ${touchpoint}`),
  }
  return { said, presence: createPresence(client as never) }
}

const pageShow = (persisted: boolean) => Object.assign(new Event('pageshow'), { persisted })

test('who comes back within the tick was never away', async () => {
  const { said, presence } = noting()
  presence.come('shop.home', {})
  presence.go('shop.home', {}, false)
  presence.come('shop.home', {})
  await Promise.resolve()
  expect(said).toEqual(['enter shop.home'])
})

test('who enters elsewhere in the tick needs not leave; who enters nowhere leaves', async () => {
  const { said, presence } = noting()
  presence.come('shop.home', {})
  presence.go('shop.home', {}, false)
  presence.come('shop.cart', {})
  await Promise.resolve()
  presence.go('shop.cart', {}, false)
  expect(said).toEqual(['enter shop.home', 'enter shop.cart'])
  await Promise.resolve()
  expect(said).toEqual(['enter shop.home', 'enter shop.cart', 'leave shop.cart'])
})

test('a component may go while its visitor stays', async () => {
  const { said, presence } = noting()
  presence.come('shop.home', {})
  presence.go('shop.home', {}, true)
  await Promise.resolve()
  expect(said).toEqual(['enter shop.home'])
})

test('a page that goes is left, and entered again when it comes back as it was', () => {
  const { said, presence } = noting()
  page.dispatchEvent(new Event('pagehide'))
  presence.come('shop.home', {})
  page.dispatchEvent(new Event('pagehide'))
  page.dispatchEvent(pageShow(false))
  page.dispatchEvent(pageShow(true))
  expect(said).toEqual(['enter shop.home', 'leave shop.home', 'enter shop.home'])
})

test('whatever mounts and unmounts: each event changes where the visitor is, and at the end nobody is anywhere', async () => {
  const tick = fc.array(fc.tuple(fc.nat(5), fc.constantFrom(...NAMES)), { maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(fc.array(tick, { maxLength: 8 }), async ticks => {
      const { said, presence } = noting()
      const mounted = new Map<number, string>()
      const unmount = (place: number) => {
        const name = mounted.get(place)
        mounted.delete(place)
        if (name) presence.go(name, {}, false)
      }
      for (const steps of ticks) {
        for (const [place, name] of steps) {
          unmount(place)
          presence.come(name, {})
          mounted.set(place, name)
        }
        await Promise.resolve()
      }
      for (const place of [...mounted.keys()]) unmount(place)
      await Promise.resolve()
      let at: string | undefined
      for (const event of said) {
        const [kind, name] = event.split(' ')
        expect(kind === 'enter' ? at !== name : at === name, said.join(', ')).toBe(true)
        at = kind === 'enter' ? name : undefined
      }
      expect(at).toBeUndefined()
    }),
    { numRuns: 300 },
  )
})
