import { fieldsOf, listOf, numberOf, textOf } from '../../json.ts'
import { isAskedFor } from '../compose-reply.ts'
import type { Asked } from '../exchange.ts'
import { factsOf } from '../measure/model-facts.ts'
import { lastUserText } from '../request-text.ts'

/** What one search brings into the context, where nobody says otherwise. */
export const searchResultTokens = 2500
/** Nothing bounds the searches of a call that sets no `max_uses`; the stand-in leaves it at so many. */
const searchesMax = 10

/** The same for an advisor. */
const advicesMax = 10

/**
 * How often a call searches the web: when it is asked to, as often as it may.
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool: `max_uses` is optional, and none by default.
 */
export function countSearches(exchange: Asked): number {
  const tool = findTool(exchange, /^web_search_\d+$/)
  if (tool === undefined) return 0
  const most = numberOf(tool.max_uses) ?? searchesMax
  const { searches } = exchange.directives
  if (searches !== null) return Math.min(searches, numberOf(tool.max_uses) ?? searches)
  return isWanted(exchange, 'web_search') ? most : 0
}

/** Tools that bring into the context what nobody knows before. */
const bringing = /^(web_search|web_fetch|mcp_toolset|code_execution)/

export function bringsUnbounded({ body }: Asked): boolean {
  return (
    listOf(body.tools).some((tool) => bringing.test(String(fieldsOf(tool).type))) || listOf(body.mcp_servers).length > 0
  )
}

export interface Advice {
  readonly count: number
  readonly model: string
  readonly tokensMax: number | null
}

/** How often a call asks its advisor, who is a model of its own. */
export function countAdvice(exchange: Asked): Advice {
  const tool = findTool(exchange, /^advisor_\d+$/)
  const isAsked = tool !== undefined && isWanted(exchange, 'advisor')
  const model = textOf(tool?.model) ?? ''
  const tokensMax = numberOf(tool?.max_tokens)
  if (!exchange.directives.isWorstInput) return { count: isAsked ? 1 : 0, model, tokensMax }
  const count = isAsked ? (numberOf(tool?.max_uses) ?? advicesMax) : 0
  return { count, model, tokensMax: tokensMax ?? factsOf(model).outputTokensMax }
}

function findTool({ body }: Asked, type: RegExp) {
  return listOf(body.tools)
    .map(fieldsOf)
    .find((tool) => type.test(String(tool.type)))
}

function isWanted({ body, directives }: Asked, name: string): boolean {
  if (fieldsOf(body.tool_choice).type === 'none') return false
  return directives.isWorstInput || directives.tools.includes(name) || isAskedFor(name, lastUserText(body))
}
