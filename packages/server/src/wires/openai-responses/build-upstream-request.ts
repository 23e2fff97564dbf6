import type { Model } from '../../pricing/catalogue.ts'
import { listOf } from '../ceiling/prompt-parts.ts'
import { limitToSend } from '../limit-to-send.ts'
import { endUserFields, withoutEndUser } from '../openai-chat/end-user.ts'
import type { AnswerKeeping, ParsedRequest, UpstreamBody } from '../wire.ts'
import { isPackedThinking } from './keep-thinking.ts'

/** OpenAI's least for `max_output_tokens`. */
const outputTokensMin = 16

/** How often a model may use the provider's own tools when the client does not say (gateway.md, *Ceilings*). */
const toolCallsByDefault = 5

/**
 * The model's id, the user's pseudonym, a clamped limit and an open number of searches are touched; the provider stores
 * nothing, so what it has thought comes encrypted where we keep the answer; thoughts of another family's model stay behind.
 */
export function buildUpstreamBody(
  request: ParsedRequest,
  to: { readonly model: Model; readonly endUser: string; readonly keeping: AnswerKeeping | null },
  clampedTokens: number | null,
): UpstreamBody {
  const body = withoutEndUser(request.body)
  const limit = limitToSend(request, to.model, clampedTokens)
  const isOpenEnded = typeof body.max_tool_calls !== 'number' && searchToolsOf(body).length > 0
  return {
    ...body,
    ...(isOpenEnded ? { max_tool_calls: toolCallsByDefault } : {}),
    ...(Array.isArray(body.input) ? { input: body.input.filter((item) => !isForeignThought(item)) } : {}),
    ...endUserFields(to.model.provider, to.endUser),
    model: to.model.upstreamId,
    store: false,
    ...includeFor(body.include, to),
    ...(limit === null ? {} : { max_output_tokens: Math.max(limit, outputTokensMin) }),
  }
}

/** Whether a model thinks before it answers; one that does not refuses to be asked for its reasoning. */
export function reasons({ abilities }: Model): boolean {
  return abilities.thinking.by !== 'effort' || abilities.thinking.levels.length > 0
}

/** Codex asks every model that it does not know for its reasoning: one that has none gets the request without that. */
function includeFor(
  include: unknown,
  { model, keeping }: { readonly model: Model; readonly keeping: AnswerKeeping | null },
): { readonly include?: readonly unknown[] } {
  const asked = listOf(include)
  if (reasons(model))
    return keeping === null || asked.includes(encryptedReasoning) ? {} : { include: [...asked, encryptedReasoning] }
  return asked.includes(encryptedReasoning) ? { include: asked.filter((one) => one !== encryptedReasoning) } : {}
}

const encryptedReasoning = 'reasoning.encrypted_content'

export function searchToolsOf(body: Readonly<Record<string, unknown>>): readonly string[] {
  const tools: readonly unknown[] = Array.isArray(body.tools) ? body.tools : []
  return tools
    .map((tool) => (typeof tool === 'object' && tool !== null ? String(Reflect.get(tool, 'type')) : ''))
    .filter((type) => type.startsWith('web_search'))
}

function isForeignThought(item: unknown): boolean {
  return typeof item === 'object' && item !== null && isPackedThinking(Reflect.get(item, 'encrypted_content'))
}
