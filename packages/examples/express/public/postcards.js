const { publishableKey, csrfToken } = document.body.dataset
const byId = (id) => document.getElementById(id)

/** Every change carries the token of the session: another site cannot know it. */
const post = (path, body = {}) =>
  fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrfToken },
    body: JSON.stringify(body),
  })

const handOver = ({ user_key: userKey }) => post('/api/key', { userKey })

OpenCredits.init({
  publishableKey,
  // This app's server keeps the key, so the SDK writes it nowhere.
  userKey: null,
  onCheckoutOpened: handOver,
  onPurchaseCompleted: handOver,
  onLoginCompleted: handOver,
  onError: ({ error }) => say(error.message),
})

const cardTries = 20
const cardDelayMs = 250

let isAsking = false
byId('write').addEventListener('submit', (event) => {
  event.preventDefault()
  void ask()
})
byId('buy').addEventListener('click', () => void openCheckout().then(showBalance))
byId('log-out').addEventListener('submit', (event) => {
  if (!confirm('Credits bought without signing in cannot be reached after this. Log out?')) event.preventDefault()
})
void showBalance()

/** The checkout knows whose wallet it fills only while it is open. */
async function openCheckout(options) {
  const { userKey } = await (await post('/api/checkout')).json()
  OpenCredits.init({ publishableKey, userKey })
  const outcome = await OpenCredits.open(options)
  if (outcome.user_key !== null) await handOver(outcome)
  OpenCredits.init({ publishableKey, userKey: null })
  return outcome
}

async function ask() {
  if (isAsking) return
  isAsking = true
  setAsking(true)
  try {
    await write({ city: byId('city').value.trim(), wish: byId('wish').value.trim() })
  } catch (error) {
    say(error.message)
  }
  isAsking = false
  setAsking(false)
  await showBalance()
}

async function write(order) {
  say('')
  for (;;) {
    const response = await post('/api/postcards', order)
    if (response.ok) return receive(response)
    const { error } = await response.json()
    if (response.status !== 402) return say(error.message)
    const { needed } = error
    const { status } = await openCheckout({ reason: error.code, ...(needed > 0 && { needed }) })
    if (status === 'closed') return say('Nothing was bought, so nothing was written.')
  }
}

async function receive(response) {
  const draft = byId('draft')
  draft.hidden = false
  draft.setAttribute('aria-busy', 'true')
  byId('text').textContent = ''
  let isWhole = false
  try {
    let rest = ''
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split('\n')
      rest = lines.pop()
      for (const line of lines) {
        if (line === 'data: [DONE]') isWhole = true
        else if (line.startsWith('data: '))
          byId('text').textContent += JSON.parse(line.slice(6)).choices?.[0]?.delta.content ?? ''
      }
    }
  } catch {
    // The connection broke off: what has arrived stays.
  }
  draft.setAttribute('aria-busy', 'false')
  await showPostcards()
  if (!isWhole) say('The postcard broke off. What arrived is kept, and only what was written is charged.')
}

/** The server saves a postcard once its charge is known, a moment after its last word. */
async function showPostcards() {
  const before = byId('cards').querySelectorAll('li').length
  for (let tries = 0; tries < cardTries; tries += 1) {
    byId('cards').innerHTML = await (await fetch('/postcards')).text()
    if (byId('cards').querySelectorAll('li').length > before) break
    await new Promise((resolve) => setTimeout(resolve, cardDelayMs))
  }
  byId('draft').hidden = true
}

async function showBalance() {
  const response = await fetch('/api/balance')
  if (!response.ok) return
  const { balance } = await response.json()
  byId('balance').textContent = `${balance.toLocaleString('en-US', { maximumFractionDigits: 2 })} credits`
  byId('log-out').hidden = balance === 0 && byId('cards').querySelector('li') === null
}

function setAsking(isRunning) {
  byId('ask').setAttribute('aria-disabled', String(isRunning))
  byId('ask').textContent = isRunning ? 'Writing…' : 'Write my postcard'
}

function say(words) {
  byId('notice').textContent = words
}
