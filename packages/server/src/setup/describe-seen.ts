import { isThisMachine, type PartnerSetupEntry } from '@opencredits/protocol'
import { secondsOf } from '../lists/formats.ts'
import { isOriginAllowed, normalizeOrigin, type OriginTerms } from '../partners/allowed-origin.ts'
import { noOrigin, unreadableOrigin } from '../partners/observations.ts'
import type { Seen } from './read-seen.ts'

/** The app as it is now: what was refused before may be allowed since. */
export interface SeenApp {
  readonly terms: OriginTerms
  readonly isSandbox: boolean
}

type Words = Pick<PartnerSetupEntry, 'level' | 'message' | 'advice'> & { readonly allow_origin?: string }

/** An entry of the log: what happened, in words, and what to do about it. */
export function describeSeen(seen: Seen, app: SeenApp): PartnerSetupEntry {
  const { id, kind, subject, times, firstAtMs, lastAtMs } = seen
  return {
    ...{ id, kind, subject, times },
    ...{ first_at: secondsOf(firstAtMs), last_at: secondsOf(lastAtMs) },
    allow_origin: null,
    ...wordsFor(seen, app),
  }
}

function wordsFor({ kind, subject }: Seen, app: SeenApp): Words {
  switch (kind) {
    case 'page_seen':
      return good(`Your page at ${subject} loaded the SDK.`)
    case 'checkout_shown':
      return good(`Your page at ${subject} opened the checkout.`)
    case 'origin_refused':
      return originRefused(subject, app)
    case 'checkout_refused':
      return problem(`A checkout could not be opened: ${subject}.`, refusedCheckouts[subject] ?? seeErrors)
    case 'checkout_opened':
      return info(`A purchase of ${subject} was begun.`)
    case 'checkout_paid':
      return good(`A purchase of ${subject} was paid, and its credits were added.`)
    case 'checkout_failed':
      return problem(`The payment of ${subject} failed.`, 'Nothing was charged. Try another card in the checkout.')
    case 'signed_in':
      return good('A user signed in.')
    case 'call_paid':
      return good(`A call of ${wordAfter(subject)} at ${pathOf(subject)} was paid with credits.`)
    case 'call_failed':
      return callFailed(subject)
    case 'call_refused':
      return callRefused(subject)
    case 'key_misused':
      return problem(misusedKeys[subject] ?? misused, subject === otherWorld ? useOneWorld : useUserKey)
    case 'webhook_answered':
      return good(`Your webhook endpoint answered ${subject}.`)
    case 'webhook_failed':
      return problem(`A webhook was not taken: ${subject}.`, takeWebhook)
  }
}

function good(message: string): Words {
  return { level: 'good', message, advice: null }
}

function info(message: string, advice: string | null = null): Words {
  return { level: 'info', message, advice }
}

function problem(message: string, advice: string): Words {
  return { level: 'problem', message, advice }
}

function originRefused(origin: string, { terms, isSandbox }: SeenApp): Words {
  if (origin === noOrigin)
    return problem(
      'A page without an origin was refused: it was opened as a file, or in a sandboxed frame.',
      'Open it from a web server instead, such as http://localhost:3000.',
    )
  if (origin === unreadableOrigin)
    return problem('A page whose origin is no web address was refused.', 'Serve it over https, or on this machine.')
  if (isOriginAllowed(terms, origin, isSandbox))
    return info(`Your page at ${origin} was refused until its origin was added. Reload it.`)
  if (normalizeOrigin(origin) === null)
    return problem(
      `Your page at ${origin} was refused, and its origin cannot be added.`,
      'Serve it over https, or on this machine as http://localhost.',
    )
  // The key is public: anybody's page can bring itself to the developer's notice.
  const words = isThisMachine(new URL(origin).hostname)
    ? problem(`Your page at ${origin} is not an allowed origin: add it.`, 'Then reload the page.')
    : problem(
        `A page at ${origin} is not an allowed origin: add it if it is yours.`,
        'An allowed origin can sell credits and ask for sign-ins in the name of your app. Then reload the page.',
      )
  return { ...words, allow_origin: origin }
}

function callFailed(subject: string): Words {
  const status = subject.slice(0, subject.indexOf(' '))
  const model = wordAfter(subject)
  if (status.startsWith('4') && status !== '429')
    return problem(`A call of ${model} was refused with ${status}.`, 'Nothing was charged. Its answer says why.')
  return problem(`A call of ${model} was not answered by its provider.`, 'Nothing was charged. Try again.')
}

function callRefused(subject: string): Words {
  const path = subject.slice(0, subject.indexOf(' '))
  const code = wordAfter(subject)
  const message = `A call at ${path} was refused: ${code}.`
  if (code === 'insufficient_credits' || code === 'key_budget_exceeded') return info(message, openCheckout)
  return problem(message, refusedCalls[code] ?? 'Nothing was charged. The message of the answer says what to do.')
}

/** The first word of a call's subject is its endpoint. */
function pathOf(subject: string): string {
  const endpoint = subject.slice(0, subject.indexOf(' '))
  return `/v1/${endpoint === 'chat_completions' ? 'chat/completions' : endpoint}`
}

function wordAfter(subject: string): string {
  return subject.slice(subject.indexOf(' ') + 1)
}

const openCheckout =
  'That is how it should be without credits. Your page answers with OpenCredits.open(), and asks again after the purchase.'
const useUserKey =
  'Send the user’s key (oc_sk_…): your page gets it in onPurchaseCompleted and onLoginCompleted, and OpenCredits.fetch sends it by itself.'
const otherWorld = 'other_world'
const useOneWorld =
  'Use keys of one world: oc_pk_test_… with oc_sk_test_…, or oc_pk_… with oc_sk_…. The SDK does so by itself.'
const takeWebhook = 'Answer each webhook with a status of 200 to 299 within 15 seconds.'
const seeErrors = 'The message of the answer says what to do; the browser’s console has it.'
const misused = 'A call was sent with a key that cannot pay.'

const misusedKeys: Readonly<Record<string, string>> = {
  pk: 'A call was sent with your publishable key (oc_pk_…). It names your app and cannot pay.',
  [otherWorld]: 'A user’s key of the other world was sent with the publishable key of this one.',
  rk: 'A call was sent with your restricted key (oc_rk_…). It manages your app and cannot pay.',
}

const refusedCheckouts: Readonly<Record<string, string>> = {
  payments_unavailable: 'Stripe did not answer. If it goes on, ask the operator of this server.',
  upstream_error: 'Stripe refused to open it. Ask the operator of this server.',
}

const refusedCalls: Readonly<Record<string, string>> = {
  model_not_allowed: 'Add the model to your app, or call one that your app and the user’s key allow.',
  model_not_found: 'Call a model of GET /v1/models, by its id there.',
  invalid_request: 'Nothing was charged. The message of the answer names the field that is wrong.',
  app_suspended: 'Your app is not active in this world. The message of the answer says why.',
  rate_limited: 'Wait for as long as the Retry-After of the answer says.',
  request_too_large: 'Send less in one call.',
}
