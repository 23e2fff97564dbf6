import { AppError } from '../kernel/app-error.ts'
import type { Model } from '../pricing/catalogue.ts'
import type { InputBound } from '../wires/ceiling/bound-input.ts'
import type { PromptParts } from '../wires/ceiling/prompt-parts.ts'
import { mayThinkUnseen } from '../wires/may-think-unseen.ts'
import type { CallToAdmit } from './admit.ts'
import type { HeldRun } from './held-runs.ts'
import type { HoldWish } from './plan-hold.ts'

/**
 * Output that a stream holds at first: a client that asks for 128 000 tokens on every call, several at once, must not
 * lock a small balance. What is thought unseen grows the hold by its time (`hold-growth.ts`), so a little is enough.
 */
const firstStepTokens = 2048
const unseenThinkingTokens = 2048

/** What is to be held for a call, by the bound of its prompt. */
export function wishOf(call: CallToAdmit, input: InputBound, runs: readonly HeldRun[]): HoldWish {
  const { request, model } = call
  const wantedTokens = Math.min(request.maxTokens ?? model.maxTokens, model.maxTokens)
  const thinksUnseen = mayThinkUnseen(model, request.body)
  const step = firstStepTokens + (thinksUnseen ? unseenThinkingTokens : 0)
  return {
    input,
    wantedTokens,
    mayThinkUnseen: thinksUnseen,
    firstStepTokens: request.isStream ? step : wantedTokens,
    answers: request.answers,
    predictedTokens: request.predictedTokens,
    ...(runs.length === 0 ? {} : { runs }),
    terms: call.terms,
  }
}

/** More in one call is no question to a model. */
const searchesMax = 100

/** @throws AppError 400 for searches that have no price, or no bound. */
export function refuseUnpricedSearches(parts: PromptParts, model: Model): void {
  if (parts.webSearchesMax === 0) return
  // Nobody has vouched for a price of searches that is not there.
  if (model.price.rates.perThousandWebSearches === 0 || !model.ceilings.areSearchesBounded)
    throw refuse(`${model.id} has no known price for web searches. Leave the tool out.`)
  if (parts.webSearchesMax > searchesMax)
    throw refuse(`${parts.webSearchesMax} web searches are asked for; at most ${searchesMax} are made in one call.`)
}

function refuse(reason: string): AppError {
  return new AppError('invalid_request', `tools: ${reason}`, { param: 'tools' })
}
