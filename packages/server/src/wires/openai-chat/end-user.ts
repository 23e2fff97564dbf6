import type { ModelProvider } from '../../pricing/catalogue.ts'

/** Where a provider of the OpenAI family wants to be told which user asks; Google has no such field. */
export function endUserFields(provider: ModelProvider, endUser: string): Record<string, string> {
  // https://developers.openai.com/api/docs/guides/safety-best-practices · https://docs.x.ai/docs/api-reference
  if (provider === 'openai') return { safety_identifier: endUser }
  return provider === 'xai' ? { user: endUser } : {}
}

/** A body without what the client says of its user. */
export function withoutEndUser(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { user: _user, safety_identifier: _safetyIdentifier, ...rest } = body
  return rest
}
