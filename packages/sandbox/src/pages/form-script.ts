/** What the card form does in a browser: formats, sends, shows what came of it, and tells the page around a frame. */
export const formScript = `(() => {
  'use strict'
  const byId = (id) => document.getElementById(id)
  const form = byId('form')
  const parentOrigin = form ? form.dataset.parent : ''
  const tell = (type, detail) => {
    if (parentOrigin && parent !== window) parent.postMessage({ sandboxStripe: 1, type, ...detail }, parentOrigin)
  }
  new ResizeObserver(() => tell('resized', { height: Math.ceil(document.body.getBoundingClientRect().height) })).observe(document.body)
  if (!form) { tell('rendered'); return }

  const fields = ['email', 'card', 'expiry', 'cvc'].map(byId)
  const [email, card, expiry, cvc] = fields
  const button = byId('pay')
  const error = byId('error')
  let isBusy = false

  card.addEventListener('input', () => format(card, card.value.replace(/\\D/g, '').slice(0, 19).replace(/(.{4})(?=.)/g, '$1 ')))
  expiry.addEventListener('input', (event) => {
    if (event.inputType && event.inputType.startsWith('delete')) return
    const digits = expiry.value.replace(/\\D/g, '')
    if (!/^\\d{2,4}$/.test(digits) || /\\/ ?$/.test(expiry.value)) return
    format(expiry, digits.length > 2 ? digits.slice(0, 2) + ' / ' + digits.slice(2) : digits)
  })
  function format(input, text) {
    if (input.value !== text && input.selectionStart === input.value.length) input.value = text
  }

  const problems = [
    [email, () => email.value === '' || /^\\S+@\\S+\\.\\S+$/.test(email.value), 'Your email is incomplete.'],
    [card, () => card.value.replace(/\\D/g, '').length >= 14, 'Your card number is incomplete.'],
    [expiry, () => /^\\s*\\d{1,2}\\s*\\/?\\s*(\\d{4}|\\d{2})\\s*$/.test(expiry.value), 'Your card\\'s expiration date is incomplete.'],
    [cvc, () => /^\\s*\\d{3,4}\\s*$/.test(cvc.value), 'Your card\\'s security code is incomplete.'],
  ]

  function show(name) {
    for (const id of ['form', 'challenge', 'done']) byId(id).hidden = id !== name
    byId('hint').hidden = name !== 'form'
  }
  function fail(message, input) {
    show('form')
    error.textContent = message
    for (const field of fields) field.toggleAttribute('aria-invalid', false)
    if (input) input.setAttribute('aria-invalid', 'true')
    ;(input || card).focus()
  }
  function setBusy(value) {
    isBusy = value
    button.setAttribute('aria-busy', String(value))
  }

  async function send(challenge) {
    if (isBusy) return
    setBusy(true)
    error.textContent = ''
    const body = { email: email.value, card: card.value, expiry: expiry.value, cvc: cvc.value, ...(challenge ? { challenge } : {}) }
    let answer
    try {
      const response = await fetch(form.action, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json' }, body: JSON.stringify(body) })
      answer = await response.json()
    } catch {
      answer = { outcome: 'declined', message: 'The payment could not be sent. Check your connection and try again.', failureReason: 'api_error' }
    }
    setBusy(false)
    take(answer)
  }

  function take(answer) {
    if (answer.outcome === 'needs_authentication') {
      show('challenge')
      byId('challenge-complete').focus()
      return
    }
    if (answer.outcome !== 'complete') {
      fail(answer.message, answer.field ? byId(answer.field) : card)
      tell('submit_failed', { failureReason: answer.failureReason || 'unexpected' })
      return
    }
    byId('done-title').textContent = answer.isPaid ? 'Payment received' : 'Payment on its way'
    show('done')
    tell('complete')
    if (answer.redirect) location.href = answer.redirect
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (isBusy) return
    const problem = problems.find(([, isFine]) => !isFine())
    if (problem) { fail(problem[2], problem[0]); return }
    tell('submitted')
    send()
  })
  byId('challenge-complete').addEventListener('click', () => send('complete'))
  byId('challenge-fail').addEventListener('click', () => send('fail'))
  tell('rendered')
})()
`
