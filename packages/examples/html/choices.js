import { settings } from './api.js'
import { byId, make, makeScene } from './element.js'
import { formatCharge } from './money.js'

export const places = [
  { scene: 'lisbon', name: 'Lisbon' },
  { scene: 'kyoto', name: 'Kyoto' },
  { scene: 'oaxaca', name: 'Oaxaca' },
  { scene: 'tromso', name: 'Tromsø' },
]

/** `outputTokens` is about what such a plan has, for the estimate; `maxTokens` is the most that is paid for. */
const lengths = [
  { id: 'weekend', label: 'Weekend', detail: '3 days', days: 3, outputTokens: 330, maxTokens: 1500 },
  { id: 'week', label: 'Week', detail: '7 days', days: 7, outputTokens: 700, maxTokens: 3000 },
  { id: 'month', label: 'Month', detail: 'by the hour', days: 30, outputTokens: 7000, maxTokens: 12_000 },
]

const planners = [
  { id: 'openai/gpt-4o-mini', label: 'GPT-4o mini' },
  { id: 'anthropic/claude-sonnet-4-5-20250929', label: 'Sonnet 4.5' },
  { id: 'anthropic/claude-opus-4-1-20250805', label: 'Opus 4.1' },
]

const promptTokens = 70

/** Fills the form and keeps the estimate beside the button true. */
export async function prepareChoices() {
  byId('places').append(
    ...places.map((place, index) => choice('place', place.scene, index === 0, [makeScene(place), place.name])),
  )
  byId('lengths').append(
    ...lengths.map(({ id, label, detail }, index) => choice('duration', id, index === 0, [label, detail])),
  )
  byId('models').append(...planners.map(({ id, label }, index) => choice('model', id, index === 1, [label, ' '])))
  byId('plan').addEventListener('change', () => void showEstimates())
  await showEstimates()
}

/** The quickest honest way to use a dollar up: the longest plan by the dearest model. */
export function chooseDearest() {
  const form = byId('plan')
  form.elements.duration.value = lengths.at(-1).id
  form.elements.model.value = planners.at(-1).id
  void showEstimates()
  byId('ask').focus()
}

/** What the user has chosen. */
export function chosenTrip() {
  const data = new FormData(byId('plan'))
  const place = places.find(({ scene }) => scene === data.get('place'))
  const length = lengths.find(({ id }) => id === data.get('duration'))
  return { place, length, model: data.get('model'), wish: data.get('wish').trim() }
}

export function modelLabel(id) {
  return planners.find((planner) => planner.id === id)?.label ?? id
}

function choice(name, value, isChosen, [first, second]) {
  const input = make('input', { type: 'radio', name, value, ...(isChosen ? { checked: '' } : {}) })
  const isPicture = first instanceof Element
  return make('label', {}, [
    input,
    ...(isPicture ? [first, make('span', { text: second })] : [first, make('small', { text: second })]),
  ])
}

/** What OpenCredits says a call of this size costs with each model, commission included. */
async function showEstimates() {
  const { length } = chosenTrip()
  const query = new URLSearchParams({
    publishable_key: settings.publishableKey,
    models: planners.map(({ id }) => id).join(','),
    input_tokens: promptTokens,
    output_tokens: length.outputTokens,
  })
  const response = await fetch(`${settings.baseUrl}/v1/credits/pricing?${query}`).catch(() => null)
  if (!response?.ok) return
  const { models } = await response.json()
  const costs = new Map(models.map((model) => [model.id, model.credits_per_request]))
  for (const input of byId('models').querySelectorAll('input')) {
    const cost = costs.get(input.value)
    input.disabled = cost === undefined
    input.parentElement.querySelector('small').textContent = cost === undefined ? 'not offered' : short(cost)
  }
  // Whoever changes the length meanwhile gets another answer.
  const now = chosenTrip()
  const cost = costs.get(now.model)
  if (now.length === length && cost !== undefined) byId('estimate').textContent = `About ${formatCharge(cost)}`
}

const short = (credits) =>
  `${new Intl.NumberFormat('en-US', { maximumSignificantDigits: 2 }).format(credits)} ${credits === 1 ? 'credit' : 'credits'}`
