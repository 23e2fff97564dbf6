import type { Model } from '../../pricing/catalogue.ts'
import { endUserFields, withoutEndUser } from '../openai-chat/end-user.ts'
import type { ParsedRequest } from '../wire.ts'
import { isPackedThinking } from './keep-thinking.ts'

/** OpenAI's least for `max_output_tokens`. */
const outputTokensMin = 16

/**
 * The model's id, the user's pseudonym and a clamped limit are touched; nothing is stored; thoughts of another family's
 * model stay behind.
 */
export function buildUpstreamBody(
  request: ParsedRequest,
  to: { readonly model: Pick<Model, 'provider' | 'upstreamId'>; readonly endUser: string },
  maxTokens: number | null,
): string {
  const body = withoutEndUser(request.body)
  return JSON.stringify({
    ...body,
    ...(Array.isArray(body.input) ? { input: body.input.filter((item) => !isForeignThought(item)) } : {}),
    ...endUserFields(to.model.provider, to.endUser),
    model: to.model.upstreamId,
    store: false,
    ...(maxTokens === null ? {} : { max_output_tokens: Math.max(maxTokens, outputTokensMin) }),
  })
}

function isForeignThought(item: unknown): boolean {
  return typeof item === 'object' && item !== null && isPackedThinking(Reflect.get(item, 'encrypted_content'))
}
