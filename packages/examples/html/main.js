import { readApi, readRequest, settings } from './api.js'
import { ask, firstPurchaseDollars } from './ask.js'
import { chooseDearest, chosenTrip, prepareChoices } from './choices.js'
import { byId } from './element.js'
import { formatBalance, formatCharge } from './money.js'
import { createPanel } from './panel.js'
import { createPlanView } from './plan-view.js'
import { createTrips } from './trips.js'

const view = createPlanView()
const panel = createPanel()
const trips = createTrips((trip) => {
  if (running !== null) return
  view.show(trip, trip.text)
  showCost(trip)
})
/** Of the question that is being answered; a second one has to wait. */
let running = null

/** How an answer ended, in words. */
const sayings = {
  whole: '',
  limit: 'The answer reached its longest length.',
  stopped: 'Stopped. The model had begun to write, and what it wrote is charged.',
  broken: 'The answer broke off. What arrived is kept, and only what was written is charged. You can ask again.',
}

OpenCredits.init({
  publishableKey: settings.publishableKey,
  onPurchaseCompleted: showWallet,
  onLoginCompleted: showWallet,
  onLoggedOut: forgetUser,
  onError: ({ error }) => say(error.message),
})

byId('plan').addEventListener('submit', (event) => {
  event.preventDefault()
  void plan()
})
byId('stop').addEventListener('click', () => running?.abort())
byId('buy').addEventListener('click', () => void OpenCredits.open())
byId('buy-dollar').addEventListener('click', () => void OpenCredits.open({ amount: firstPurchaseDollars }))
byId('log-out').addEventListener('click', () => void logOut())
byId('copy-card').addEventListener('click', () => void copyCard())
byId('choose-month').addEventListener('click', chooseDearest)
byId('test-card').hidden = !settings.isSandbox
byId('sandbox-note').hidden = !settings.isSandbox
trips.draw(null)
void prepareChoices()
void showWallet()

/** One question at a time: the button does nothing while an answer runs, so a double click is paid once. */
async function plan() {
  if (running !== null) return
  running = new AbortController()
  setRunning(true)
  try {
    await answer(chosenTrip(), running.signal)
  } catch (error) {
    if (error.name !== 'AbortError') say(error.message)
  } finally {
    running = null
    setRunning(false)
  }
}

async function answer(chosen, signal) {
  say('')
  const { outcome, requestId } = await ask(chosen, view, signal)
  if (outcome === 'declined') return say('Nothing was bought, so nothing was asked. Your question is still here.')
  const trip = { ...chosen, id: requestId, text: view.text, charge: null, tokens: null }
  trips.save(trip)
  byId('stop').hidden = true
  say(sayings[outcome])
  const request = await readRequest(requestId)
  if (request === null) return
  const paid = { ...trip, charge: request.charge ?? 0, tokens: request.tokens?.output ?? null }
  trips.save(paid)
  showCost(paid)
  // The answer reached its own limit, or the credits set a lower one.
  if (outcome === 'limit' && request.max_tokens.clamped)
    say('Your credits ended here, and so does the answer. Add credits and ask again for the rest.')
  void showWallet(requestId)
}

function showCost({ charge, tokens }) {
  const cost = byId('cost')
  cost.replaceChildren()
  if (charge === null) return
  const strong = document.createElement('strong')
  strong.textContent = formatCharge(charge)
  cost.append('This answer cost ', strong, tokens === null ? '' : `, for ${tokens.toLocaleString('en-US')} tokens.`)
}

/** A button that is disabled loses the focus, so it only says that it is. */
function setRunning(isRunning) {
  byId('ask').setAttribute('aria-disabled', String(isRunning))
  byId('ask').textContent = isRunning ? 'Planning…' : 'Plan my trip'
  byId('stop').hidden = !isRunning
  byId('estimate').hidden = isRunning
}

/** Balance, steps and panel. `newest` is the call that is opened in the panel. */
async function showWallet(newest = null) {
  const hasKey = OpenCredits.getUserKey() !== null
  const credits = hasKey ? await OpenCredits.getBalance().catch(() => null) : 0
  byId('balance').textContent = credits === null ? 'Balance unknown' : formatBalance(credits)
  byId('log-out').hidden = !hasKey
  showSteps(hasKey, credits ?? 0)
  await panel.draw(typeof newest === 'string' ? newest : null)
}

function showSteps(hasBought, credits) {
  const hasAsked = !byId('trips').hidden
  const current = !hasBought || credits < 1 ? 'buy' : hasAsked ? 'run-out' : 'ask'
  for (const step of byId('steps').children) {
    const { step: id } = step.dataset
    step.toggleAttribute('data-done', (id === 'buy' && hasBought && current !== 'buy') || (id === 'ask' && hasAsked))
    if (id === current) step.setAttribute('aria-current', 'step')
    else step.removeAttribute('aria-current')
  }
}

/** A guest's credits hang on the key alone: whoever throws it away is asked first. */
async function logOut() {
  const user = await readApi('/v1/me')
  if (user?.is_guest && user.balance > 0) {
    const dialog = byId('leave')
    dialog.returnValue = 'stay'
    dialog.showModal()
    await new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }))
    if (dialog.returnValue === 'sign-in') return void OpenCredits.open()
    if (dialog.returnValue !== 'log-out') return
  }
  await OpenCredits.logout()
}

/** On a shared computer, the next person sees nothing of this one. */
function forgetUser() {
  running?.abort()
  trips.forget()
  byId('answer').hidden = true
  say('You are logged out.')
  void showWallet()
}

async function copyCard() {
  const button = byId('copy-card')
  const isCopied = await navigator.clipboard.writeText('4242 4242 4242 4242').then(
    () => true,
    () => false,
  )
  button.textContent = isCopied ? 'Copied. Any date, any CVC' : 'Type it in. Any date, any CVC'
}

function say(words) {
  byId('notice').textContent = words
}
