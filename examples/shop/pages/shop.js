// What a shop adds to its pages: enter and leave the touchpoint, tell what went wrong, pass on one tap.
// `createPulse` never throws into the page; without the SDK file the shop must sell all the same.
const settings = globalThis.shopSettings
const touchpoint = document.body.dataset.touchpoint

// Before `createPulse`, which listens too: it sends what it holds when the page goes, and this must be part of it.
addEventListener('pagehide', () => pulse?.leave(touchpoint))

const pulse = globalThis.pulssi?.createPulse({ url: settings.url, key: settings.key })
pulse?.enter(touchpoint)
if (touchpoint === 'checkout.thanks') pulse?.goal(touchpoint, { value: 19 })

addEventListener('pageshow', event => {
  // Back from the page cache: the script did not run anew, but the visitor is here again.
  if (event.persisted) pulse?.enter(touchpoint)
})

const mood = document.querySelector('[data-mood]')
mood?.addEventListener('click', event => {
  const button = event.target.closest('button')
  if (button === null) return
  pulse?.feedback(touchpoint, { scale: 'smiley', score: Number(button.value) })
  for (const each of mood.querySelectorAll('button')) each.disabled = true
  button.setAttribute('aria-pressed', 'true')
  mood.querySelector('output').textContent = 'Thank you, that helps.'
})

const pay = document.querySelector('[data-pay]')
pay?.addEventListener('submit', event => {
  const digits = pay.elements.card.value.replace(/\D/g, '')
  if (digits.length === 16) return
  event.preventDefault()
  pay.querySelector('.error').textContent = 'This card number has not 16 digits.'
  pulse?.signal(touchpoint, 'form')
})
