import { fieldsOf } from '../json.ts'
import { answerWhole, type Exchange } from './exchange.ts'
import { type ProviderName, ProviderProblem } from './provider-problem.ts'

/** Some models of each provider, newest first. Others are answered too: the stand-in does not know what was released. */
const models: Readonly<Record<ProviderName, readonly string[]>> = {
  anthropic: [
    'claude-opus-5-5',
    'claude-sonnet-5',
    'claude-haiku-4-5-20251001',
    'claude-sonnet-4-5-20250929',
    'claude-sonnet-4-20250514',
  ],
  openai: [
    'gpt-5',
    'gpt-5-mini',
    'gpt-4.1',
    'gpt-4o',
    'gpt-4o-mini',
    'o4-mini',
    'text-embedding-3-small',
    'text-embedding-3-large',
  ],
  google: ['models/gemini-2.5-pro', 'models/gemini-2.5-flash', 'models/gemini-embedding-001'],
  xai: ['grok-4', 'grok-3', 'grok-3-mini'],
}

const createdSeconds = 1_735_689_600

export async function listModels(exchange: Exchange): Promise<void> {
  const { provider } = exchange.call
  const data = models[provider].map((id) => describe(provider, id))
  const list =
    provider === 'anthropic'
      ? { data, has_more: false, first_id: models.anthropic[0], last_id: models.anthropic.at(-1) }
      : { object: 'list', data }
  await answerWhole(exchange, { body: list, output: nothing })
}

/** @throws ProviderProblem for an id that is not listed. */
export async function showModel(exchange: Exchange): Promise<void> {
  const { provider } = exchange.call
  const id = String(fieldsOf(exchange.request.params).id)
  const found = models[provider].find((one) => one === id || one === `models/${id}`)
  if (found === undefined)
    throw new ProviderProblem(404, `The model '${id}' does not exist`, { code: 'model_not_found' })
  await answerWhole(exchange, { body: describe(provider, found), output: nothing })
}

const nothing = { tokens: 0, thinkingTokens: 0 }

function describe(provider: ProviderName, id: string) {
  if (provider !== 'anthropic') return { id, object: 'model', created: createdSeconds, owned_by: provider }
  return {
    type: 'model',
    id,
    display_name: id,
    created_at: new Date(createdSeconds * 1000).toISOString(),
    max_input_tokens: 200_000,
    max_tokens: 64_000,
    capabilities: null,
    deprecated_at: null,
    lifecycle: 'active',
    line: null,
    retires_at: null,
  }
}
