/** The example receiver, as it is built, called by a real server and by somebody who isn't one. */
import { expect, onTestFinished, test } from 'vitest'
import { type Incident, lineOf, startAlertHook } from '../../examples/dist/alert-hook/hook.js'
import { alertingSettings, answer, serveAlerts } from './alerting.js'
import { SECRET } from './receiver.js'

const opened = async (secret: string) => {
  const told: [Incident, string][] = []
  let heard = (): void => {}
  const first = new Promise<void>(resolve => {
    heard = resolve
  })
  const onIncident = (incident: Incident, at: string): void => {
    told.push([incident, at])
    heard()
  }
  const hook = await startAlertHook({ port: 0, secret, onIncident })
  onTestFinished(() => hook.stop())
  return { hook, told, first }
}

test.each([SECRET, 'any words will do as a secret'])('takes what is signed with %s, and nothing else', async secret => {
  const { hook, told, first } = await opened(secret)
  const server = await serveAlerts(alertingSettings(hook, { secret }))
  const forged = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(Math.floor(Date.now() / 1_000)) }
  for (const headers of [{}, { ...forged, 'webhook-signature': 'v1,AAAA' }]) {
    expect((await fetch(hook.url, { method: 'POST', headers, body: '{}' })).status).toBe(401)
  }
  expect((await fetch(hook.url)).status).toBe(405)
  expect((await fetch(hook.url, { method: 'POST', body: 'x'.repeat(100_000) })).status).toBe(413)
  await answer(server, 1, 8)
  await first
  const [incident, at] = told[0] as [Incident, string]
  expect(lineOf(incident, at)).toMatch(
    /^\d\d:\d\d:\d\d {2}firing {2}checkout\.payment: payment hurts \(-1, 8 visitors\)$/,
  )
})
