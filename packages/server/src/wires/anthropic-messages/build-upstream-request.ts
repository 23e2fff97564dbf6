import type { IncomingHttpHeaders } from 'node:http'
import { passingBetas } from '../betas.ts'
import { pickHeaders } from '../upstream-headers.ts'
import type { ParsedRequest, UpstreamBody } from '../wire.ts'
import { betas } from './classified-betas.ts'

/** Only the model's id, the user's pseudonym, a clamped limit and the number of searches that was left open are touched. */
export function buildUpstreamBody(
  request: ParsedRequest,
  to: { readonly model: string; readonly endUser: string },
  maxTokens: number | null,
): UpstreamBody {
  const { tools, thinking } = request.body
  return {
    ...request.body,
    model: to.model,
    metadata: { user_id: to.endUser },
    ...(Array.isArray(tools) && tools.some(isOpenEnded) ? { tools: tools.map(withUses) } : {}),
    ...(maxTokens === null ? {} : { max_tokens: maxTokens, ...clampedThinking(thinking, maxTokens) }),
  }
}

/** Without a number of its own a tool that Anthropic runs may be used as often as the model likes. */
function isOpenEnded(tool: unknown): boolean {
  if (typeof tool !== 'object' || tool === null) return false
  const [type, uses] = [Reflect.get(tool, 'type'), Reflect.get(tool, 'max_uses')]
  return typeof type === 'string' && /^web_(search|fetch)/.test(type) && typeof uses !== 'number'
}

function withUses(tool: unknown): unknown {
  return isOpenEnded(tool) ? { ...Object(tool), max_uses: usesByDefault } : tool
}

/** gateway.md, *Ceilings*: searches. */
export const usesByDefault = 5

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
