import { type ClientFrame, Fault, Frame } from '@pulssi/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SERVICE } from '../intake/index.js'
import type { Reader } from './access.js'
import type { Admission, Role } from './admit.js'
import { type Effect, HELD_FRAMES, type Judge, type Session, step } from './session.js'

const reader = (name: string): Reader => ({
  touchpoints: [name],
  scopes: new Set(['pulse']),
  source: name,
  expiresAt: null,
})
const NOBODY: Role = { writer: null, reader: null, rate: 'reader', rights: null }
const WRITES: Role = { writer: SERVICE, reader: null, rate: 'service', rights: { kind: 'service', source: 'key' } }
const JUDGE: Judge = {
  hello: () => ({ ok: true, value: NOBODY }),
  auth: () => 'verifying',
  capacity: () => null,
}
const AUTH: ClientFrame = [Frame.auth, 'token']
const subscribe = (id: number): ClientFrame => [Frame.subscribe, id, ['*'], [0]]
const batch = (number: number): ClientFrame => [Frame.batch, number, null, [], []]

/** Frames and verdicts one after the other; returns where it ends and all that was done. */
const run = (role: Role, inputs: readonly (ClientFrame | Admission<Reader>)[]): [Session, Effect[]] => {
  let session: Session = { state: 'open', role, next: 1 }
  const done: Effect[] = []
  for (const input of inputs) {
    const isFrame = Array.isArray(input)
    const given = isFrame
      ? ({ type: 'frame', frame: input as ClientFrame } as const)
      : ({ type: 'verified', admission: input as Admission<Reader> } as const)
    const [next, effects] = step(session, given, JUDGE)
    session = next
    done.push(...effects)
  }
  return [session, done]
}
const ok = (name: string): Admission<Reader> => ({ ok: true, value: reader(name) })
const REFUSED: Admission<Reader> = { ok: false, fault: Fault.unauthorized, message: 'no' }
const codeOf = (effects: readonly Effect[]): number | undefined =>
  effects.flatMap(effect => ('code' in effect ? [effect.code] : []))[0]

describe('while a token is being verified', () => {
  test('subscriptions wait in their order, and stand under the token that came before them', () => {
    const plan = fc.array(fc.constantFrom<'auth' | 'subscribe' | 'batch'>('auth', 'subscribe', 'batch'), {
      maxLength: 40,
    })
    fc.assert(
      fc.property(plan, plan, (before, after) => {
        const expected: string[] = []
        const inputs: (ClientFrame | Admission<Reader>)[] = []
        let tokens = 0
        let id = 0
        let number = 0
        for (const what of ['auth' as const, ...before, ...after]) {
          if (what === 'batch') inputs.push(batch(++number))
          if (what === 'auth') {
            inputs.push(AUTH)
            tokens++
          }
          if (what === 'subscribe') {
            inputs.push(subscribe(++id))
            expected.push(`${id} under ${tokens}`)
          }
        }
        for (let n = 1; n <= tokens; n++) inputs.push(ok(String(n)))
        const [session, effects] = run(WRITES, inputs)
        const seen = effects.flatMap(effect =>
          effect.type === 'subscribe' ? [`${effect.frame[1]} under ${effect.reader.source}`] : [],
        )
        if (inputs.length - number - tokens > HELD_FRAMES) return
        expect(seen).toEqual(expected)
        expect(effects.filter(effect => effect.type === 'take').length).toBe(number)
        expect(session).toMatchObject({ state: 'open', next: number + 1 })
        expect(session).not.toHaveProperty('held')
      }),
    )
  })

  test('batches pass by, refused ones too, and nothing that waits is forgotten', () => {
    const full = { ...JUDGE, capacity: () => ({ fault: Fault.overloaded, message: 'full', retryMs: 1 }) }
    const [holding] = run(WRITES, [AUTH, subscribe(1)])
    const [refusing, effects] = step(holding, { type: 'frame', frame: batch(1) }, full)
    expect(effects).toMatchObject([{ type: 'notTaken', frame: 1 }])
    expect(refusing).toMatchObject({ state: 'refusing', held: [subscribe(1)] })
    const why = full.capacity()
    const [lost] = step(holding, { type: 'lost', frame: 1, why }, JUDGE)
    expect(lost).toMatchObject({ state: 'refusing', held: [subscribe(1)] })
    expect(step(lost, { type: 'verified', admission: ok('a') }, JUDGE)[1]).toMatchObject([
      { type: 'reader' },
      { type: 'subscribe' },
    ])
  })

  test('a refused token closes, and what waited is not done', () => {
    const [session, effects] = run(NOBODY, [AUTH, subscribe(1), REFUSED])
    expect(session.state).toBe('closing')
    expect(effects).toEqual([{ type: 'close', code: Fault.unauthorized, message: 'no' }])
  })

  test('only so much waits', () => {
    const held = Array.from({ length: HELD_FRAMES }, (_, id) => subscribe(id))
    expect(run(NOBODY, [AUTH, ...held])[0].state).toBe('open')
    const [session, effects] = run(NOBODY, [AUTH, ...held, subscribe(99)])
    expect(session.state).toBe('closing')
    expect(codeOf(effects)).toBe(Fault.badFrame)
  })

  test('a verdict that comes after the end, or that nobody waits for, does nothing', () => {
    const closing: Session = { state: 'closing' }
    expect(step(closing, { type: 'verified', admission: ok('a') }, JUDGE)).toEqual([closing, []])
    const open: Session = { state: 'open', role: NOBODY, next: 1 }
    expect(step(open, { type: 'verified', admission: REFUSED }, JUDGE)).toEqual([open, []])
  })
})

test('W5: at expiry it closes with 4440, unless a fresh token is being verified', () => {
  const [open] = run(NOBODY, [AUTH, ok('a')])
  expect(codeOf(step(open, { type: 'expired' }, JUDGE)[1])).toBe(Fault.tokenExpired)
  const [renewing] = run(NOBODY, [AUTH, ok('a'), AUTH])
  expect(step(renewing, { type: 'expired' }, JUDGE)).toEqual([renewing, []])
})

describe('when keys and tokens have changed', () => {
  const review = (admission: Admission<Role>) => ({ type: 'reviewed', review: () => admission }) as const

  test('what is gone closes', () => {
    const [open] = run(NOBODY, [AUTH, ok('a')])
    const [session, effects] = step(open, review({ ok: false, fault: Fault.unauthorized, message: 'revoked' }), JUDGE)
    expect(session.state).toBe('closing')
    expect(effects).toEqual([{ type: 'dismiss', code: Fault.unauthorized, message: 'revoked' }])
  })

  test('what is other is taken up; subscriptions begin anew only where the reader may see other things', () => {
    const [open] = run(NOBODY, [AUTH, ok('a')])
    const same = { ...NOBODY, reader: { ...reader('a'), source: 'elsewhere' } }
    expect(step(open, review({ ok: true, value: same }), JUDGE)).toEqual([{ ...open, role: same }, []])
    const other = { ...NOBODY, reader: reader('b') }
    expect(step(open, review({ ok: true, value: other }), JUDGE)).toEqual([
      { ...open, role: other },
      [{ type: 'reader', reader: other.reader }],
    ])
  })

  test('before hello there is nothing to review', () => {
    const session: Session = { state: 'awaitingHello' }
    expect(step(session, review({ ok: false, fault: Fault.unauthorized, message: 'x' }), JUDGE)).toEqual([session, []])
  })
})
