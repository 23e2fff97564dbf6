import { BrokenStream, readStream } from './read-stream.js'

const instruction =
  'You are Wander, a travel companion. Write Markdown: one ## title, a ### heading for each day, the times of day in bold, nothing else.'

/** What opens the checkout when there is nothing to pay with: one dollar is enough to see everything. */
export const firstPurchaseDollars = 1

/**
 * Asks for a plan, and buys credits first where there are none or too few: the question is repeated by itself once the
 * checkout has been paid.
 * @returns how it went: `{ outcome: 'declined' }` where nothing was bought, else the outcome, and the bill of the call
 */
export async function ask(trip, view, signal) {
  if (OpenCredits.getUserKey() === null) {
    const { status } = await OpenCredits.open({ amount: firstPurchaseDollars })
    if (status === 'closed') return { outcome: 'declined' }
  }
  for (;;) {
    const response = await send(trip, signal)
    if (response.ok) return receive(response, trip, view)
    const { error } = await response.json()
    if (response.status !== 402) throw new Error(error.message)
    // The refusal says how much the question needs: the checkout chooses an amount that covers it.
    const { status } = await OpenCredits.open({ reason: error.type, needed: error.needed })
    if (status === 'closed') return { outcome: 'declined' }
  }
}

function send({ place, length, model, wish }, signal) {
  const isHourly = length.id === 'month' ? ', hour by hour' : ''
  const question = `Plan ${length.days} days in ${place.name}${isHourly}.${wish === '' ? '' : ` Wishes: ${wish}.`}`
  return OpenCredits.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    signal,
    body: JSON.stringify({
      model,
      stream: true,
      max_tokens: length.maxTokens,
      messages: [
        { role: 'system', content: instruction },
        { role: 'user', content: question },
      ],
    }),
  })
}

async function receive(response, trip, view) {
  view.start(trip)
  const outcome = await readStream(response, (text) => view.add(text)).then(
    (finishReason) => (finishReason === 'length' ? 'limit' : 'whole'),
    (error) => {
      if (error.name === 'AbortError') return 'stopped'
      if (error instanceof BrokenStream) return 'broken'
      throw error
    },
  )
  view.end()
  return { outcome, requestId: response.headers.get('request-id') }
}
