import type { IncomingHttpHeaders } from 'node:http'
import { passingBetas } from '../betas.ts'
import { limitToSend } from '../limit-to-send.ts'
import { pickHeaders } from '../upstream-headers.ts'
import type { ParsedRequest, PrepareContext, UpstreamBody } from '../wire.ts'
import { betas } from './classified-betas.ts'
import { withLimits } from './default-limits.ts'
import { nameModels } from './name-models.ts'

/** Only names of models, the user's pseudonym, a limit that is held and limits that were left open are touched. */
export function buildUpstreamBody(
  request: ParsedRequest,
  to: Pick<PrepareContext, 'model' | 'endUser' | 'modelNames'>,
  clampedTokens: number | null,
): UpstreamBody {
  const body = nameModels(request.body, to.modelNames)
  const { tools, thinking } = body
  const limit = limitToSend(request, to.model, clampedTokens)
  return {
    ...body,
    model: to.model.upstreamId,
    metadata: { user_id: to.endUser },
    ...(Array.isArray(tools) ? { tools: withLimits(tools) } : {}),
    ...(limit === null ? {} : { max_tokens: limit, ...clampedThinking(thinking, limit) }),
  }
}

const budgetTokensMin = 1024

/** A budget has to stay below the limit; where no budget is left that Anthropic takes, the answer comes without. */
function clampedThinking(thinking: unknown, maxTokens: number): { thinking?: object } {
  if (typeof thinking !== 'object' || thinking === null || !('budget_tokens' in thinking)) return {}
  if (typeof thinking.budget_tokens !== 'number' || thinking.budget_tokens < maxTokens) return {}
  return {
    thinking: maxTokens > budgetTokensMin ? { ...thinking, budget_tokens: maxTokens - 1 } : { type: 'disabled' },
  }
}

/** Other headers of Anthropic's choose a workspace or a user profile of the operator's account. */
const passingHeaders = ['anthropic-version', 'anthropic-dangerous-direct-browser-access']

export function buildUpstreamHeaders(clientHeaders: IncomingHttpHeaders, apiKey: string): Record<string, string> {
  return {
    'anthropic-version': '2023-06-01',
    ...pickHeaders(clientHeaders, passingHeaders),
    ...passingBetas(clientHeaders, 'anthropic-beta', betas),
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    'x-api-key': apiKey,
  }
}
