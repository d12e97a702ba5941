import { expect, expectTypeOf, test } from 'vitest'
import { createPulse } from './index.js'
import { createPulse as createKeeping } from './keep/index.js'
import type { CoreClient, PageClient, PulseClient } from './types.js'

type Names = 'shop.home' | 'checkout.payment'

type NameIn<Call> = Call extends (given: infer Given) => unknown
  ? Given extends { touchpoint?: infer Name }
    ? NonNullable<Name>
    : never
  : never
/** What a client takes as the touchpoint of each of its calls. */
interface Taken<Client extends CoreClient<never>> {
  enter: Parameters<Client['enter']>[0]
  leave: Parameters<Client['leave']>[0]
  goal: Parameters<Client['goal']>[0]
  feedback: Parameters<Client['feedback']>[0]
  signal: Parameters<Client['signal']>[0]
  asked: Parameters<Client['asked']>[0]
  link: NameIn<Client['link']>
  send: NameIn<Client['send']>
}
type AllOf<Name> = { [Call in keyof Taken<CoreClient>]: Name }

const options = { url: 'ws://127.0.0.1:9', key: 'sk', consent: 'denied' } as const

test('a client takes the touchpoints that it was given the names of, and no other', async () => {
  const clients = [createPulse<Names>(options), createKeeping<Names>(options)] as const
  for (const pulse of clients) {
    expectTypeOf(pulse).toEqualTypeOf<PulseClient<Names>>()
    expectTypeOf<Taken<typeof pulse>>().toEqualTypeOf<AllOf<Names>>()
    expectTypeOf(pulse.as('v-1').enter).parameter(0).toEqualTypeOf<Names>()
    expectTypeOf(pulse.as('v-1').goal).parameter(0).toEqualTypeOf<Names>()
    pulse.enter('shop.home')
    // @ts-expect-error: no touchpoint of this name
    pulse.enter('shop.hone')
    expect(pulse.stats().lost.consent).toBe(2)
    await pulse.close()
  }
})

test('without names a client takes any', () => {
  expectTypeOf(createPulse(options)).toEqualTypeOf<PulseClient>()
  expectTypeOf(createKeeping(options)).toEqualTypeOf<PulseClient>()
  expectTypeOf<Taken<PulseClient>>().toEqualTypeOf<AllOf<string>>()
  expectTypeOf<Taken<PageClient<Names>>>().toEqualTypeOf<AllOf<Names>>()
})
