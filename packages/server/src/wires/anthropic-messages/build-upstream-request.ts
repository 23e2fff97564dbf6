import type { IncomingHttpHeaders } from 'node:http'
import type { Model } from '../../pricing/catalogue.ts'
import { limitToSend } from '../limit-to-send.ts'
import { pickHeaders } from '../upstream-headers.ts'
import type { ParsedRequest, UpstreamBody } from '../wire.ts'

/** Only the model's id, a clamped limit and the number of searches that was left open are touched. */
export function buildUpstreamBody(request: ParsedRequest, model: Model, clampedTokens: number | null): UpstreamBody {
  const { tools, thinking } = request.body
  const limit = limitToSend(request, model, clampedTokens)
  return {
    ...request.body,
    model: model.upstreamId,
    ...(Array.isArray(tools) && tools.some(isOpenEnded) ? { tools: tools.map(withUses) } : {}),
    ...(limit === null ? {} : { max_tokens: limit, ...clampedThinking(thinking, limit) }),
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

/** `anthropic-*` headers are an open list: known or not, they go along byte for byte. */
export function buildUpstreamHeaders(clientHeaders: IncomingHttpHeaders, apiKey: string): Record<string, string> {
  return {
    'anthropic-version': '2023-06-01',
    ...pickHeaders(clientHeaders, ['anthropic-*']),
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    'x-api-key': apiKey,
  }
}
