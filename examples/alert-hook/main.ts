/** A receiver of hooks that prints a line for each: PORT=8790 HOOK_SECRET=… node examples/dist/alert-hook/main.js */
import { lineOf, startAlertHook } from './hook.js'

const { PORT = '8790', HOOK_SECRET } = process.env
if (HOOK_SECRET === undefined) {
  console.error('set HOOK_SECRET to the secret of the hook in pulssi.config.json')
  process.exit(2)
}
const hook = await startAlertHook({
  port: Number(PORT),
  secret: HOOK_SECRET,
  onIncident: (incident, at) => console.log(lineOf(incident, at)),
})
console.log(`incidents are taken at ${hook.url}`)
process.once('SIGINT', () => void hook.stop())
