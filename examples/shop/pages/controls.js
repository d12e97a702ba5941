// The demo's switch: no part of the shop, and none of what a shop needs for Pulssi.
const button = document.querySelector('[data-switch]')
const told = document.querySelector('[data-told]')

const show = payment => {
  const isFailing = payment === 'failing'
  button.setAttribute('aria-checked', String(isFailing))
  told.textContent = isFailing ? 'Nobody can pay: watch the screen.' : 'All is well.'
}

const ask = async options => {
  const answer = await fetch('/demo/payment', options).catch(() => null)
  if (answer?.ok) return show((await answer.json()).payment)
  told.textContent = 'The demo does not answer: is it still running?'
}

button.addEventListener('click', () => {
  const payment = button.getAttribute('aria-checked') === 'true' ? 'working' : 'failing'
  ask({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ payment }) })
})
// Another tab may have switched it meanwhile.
addEventListener('pageshow', () => ask())
addEventListener('visibilitychange', () => document.visibilityState === 'visible' && ask())
