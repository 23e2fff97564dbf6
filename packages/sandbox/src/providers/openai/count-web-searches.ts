import { fieldsOf, listOf, numberOf } from '../../json.ts'
import { isAskedFor } from '../compose-reply.ts'
import type { Asked } from '../exchange.ts'
import { lastUserText } from '../request-text.ts'

/** What one search brings into the context, where nobody says otherwise. */
export const searchResultTokens = 2500
/** Nothing bounds the searches of a response that sets no `max_tool_calls`; the stand-in leaves it at so many. */
const searchesMax = 10

/** How often a response searches the web: when it is asked to, as often as it may. */
export function countWebSearches({ body, directives }: Asked): number {
  const has = listOf(body.tools).some((tool) => String(fieldsOf(tool).type).startsWith('web_search'))
  if (!has || body.tool_choice === 'none') return 0
  const most = numberOf(body.max_tool_calls)
  if (directives.searches !== null) return Math.min(directives.searches, most ?? directives.searches)
  const isWanted =
    directives.isWorstInput ||
    directives.tools.includes('web_search') ||
    isAskedFor('web_search', lastUserText(body)) ||
    fieldsOf(body.tool_choice).type === 'web_search'
  return isWanted ? (most ?? searchesMax) : 0
}
