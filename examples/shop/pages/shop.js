// The marks in the pages say which touchpoint each is and what a tap on a face means. Only what a mark can't say is told
// here. Where the file of the SDK doesn't come there is no `pulse`, and the shop sells all the same.
const { pulssiTouchpoint: touchpoint, total } = document.body.dataset
const { pulse, pulssiAuto, pulssiWidget } = globalThis

if (pulse) {
  // What the server asks, and says, shows in a corner of the page.
  pulssiWidget?.attach(pulse)
  // Where visitors stumble; that a card was refused only the shop knows, below.
  pulssiAuto?.auto(pulse)
}

if (touchpoint === 'checkout.thanks') pulse?.goal(touchpoint, { value: Number(total) })

const mood = document.querySelector('[data-mood]')
mood?.addEventListener('click', event => {
  const button = event.target.closest('button')
  if (button === null) return
  for (const each of mood.querySelectorAll('button')) each.disabled = true
  button.setAttribute('aria-pressed', 'true')
  mood.querySelector('output').textContent = 'Thank you, that helps.'
})

const pay = document.querySelector('[data-pay]')
const ANGRY_TRIES = 3
const ANGRY_MS = 4_000
let refusedAt = []

const refuse = (message, signal) => {
  pay.querySelector('.error').textContent = message
  pulse?.signal(touchpoint, signal)
  refusedAt = [...refusedAt, performance.now()].slice(-ANGRY_TRIES)
  if (refusedAt.length < ANGRY_TRIES || refusedAt.at(-1) - refusedAt[0] > ANGRY_MS) return
  refusedAt = []
  pulse?.signal(touchpoint, 'rage')
}

pay?.addEventListener('submit', async event => {
  event.preventDefault()
  const button = pay.querySelector('button')
  if (button.getAttribute('aria-disabled') === 'true') return
  const digits = pay.elements.card.value.replace(/\D/g, '')
  if (digits.length !== 16) return refuse('This card number has not 16 digits.', 'form')
  button.setAttribute('aria-disabled', 'true')
  pay.querySelector('.error').textContent = ''
  const answer = await fetch(pay.action, { method: 'POST' }).catch(() => null)
  if (answer?.ok) return location.assign(answer.url)
  button.setAttribute('aria-disabled', 'false')
  refuse('Your bank does not answer. Nothing was charged; please try again.', 'error')
})
