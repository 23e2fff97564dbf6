import type { Fields } from '../../json.ts'
import { type ProviderName, ProviderProblem } from '../provider-problem.ts'

const chatFields = new Set(
  'messages model audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens metadata modalities moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options'.split(
    ' ',
  ),
)
/** `client_metadata` is in no reference, but Codex sends it to OpenAI with every request. */
const responsesFields = new Set(
  'access_programs background client_metadata context_management conversation image include input instructions max_output_tokens max_tool_calls metadata model moderation parallel_tool_calls previous_response_id prompt prompt_cache_key prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store stream stream_options temperature text tool_choice tools top_logprobs top_p truncation user'.split(
    ' ',
  ),
)
const embeddingsFields = new Set('input model dimensions encoding_format user'.split(' '))

/** What of OpenAI's Google's compatible API knows nothing of (MinLL/SkyrimNet-GamePlugin#77, and what came later than it). */
const unknownToGoogle = new Set(
  'frequency_penalty prompt_cache_key prompt_cache_options prompt_cache_retention safety_identifier store'.split(' '),
)
const googleFields = new Set(
  [...chatFields, ...embeddingsFields, 'extra_body'].filter((name) => !unknownToGoogle.has(name)),
)

/** "Not supported by reasoning models": https://docs.x.ai/docs/guides/reasoning, in the spelling of its refusal. */
const unreasonable: Readonly<Record<string, string>> = {
  frequency_penalty: 'frequencyPenalty',
  presence_penalty: 'presencePenalty',
  stop: 'stop',
}

/** What a provider does not know it refuses in its own words; xAI leaves it unread. @throws ProviderProblem */
export function checkFields(body: Fields, provider: ProviderName, endpoint: 'chat' | 'responses' | 'embeddings'): void {
  const names = Object.keys(body)
  if (provider === 'xai') {
    refuseUnreasonable(body)
    return
  }
  if (provider === 'google') {
    const unknown = names.filter((name) => !googleFields.has(name))
    if (unknown.length > 0)
      throw new ProviderProblem(
        400,
        unknown.map((name) => `Invalid JSON payload received. Unknown name "${name}": Cannot find field.`).join('\n'),
      )
    return
  }
  const known = { chat: chatFields, responses: responsesFields, embeddings: embeddingsFields }[endpoint]
  const unknown = names.filter((name) => !known.has(name))
  const [first] = unknown
  if (first === undefined) return
  if (endpoint === 'responses')
    throw new ProviderProblem(400, `Unknown parameter: '${first}'.`, { param: first, code: 'unknown_parameter' })
  throw new ProviderProblem(
    400,
    `Unrecognized request argument${unknown.length > 1 ? 's' : ''} supplied: ${unknown.join(', ')}`,
  )
}

function refuseUnreasonable(body: Fields): void {
  if (!/^grok-(4|3-mini|code)/.test(String(body.model)) || String(body.model).includes('non-reasoning')) return
  const found = Object.keys(unreasonable).find((name) => body[name] !== undefined && body[name] !== null)
  if (found !== undefined)
    throw new ProviderProblem(400, `Argument not supported on this model: ${unreasonable[found]}`)
}
