import {
  all,
  atLeast,
  byType,
  type Classification,
  eachOf,
  exactly,
  only,
  passes,
  priced,
  refused,
} from '../classification.ts'
import { openaiBetas } from './classified-betas.ts'

const sound = refused('sound is not served here: it has prices of its own, and is kept by the provider under an id.')

/** Marks of caches: OpenAI’s own, and Anthropic’s for its models. */
const cached = { prompt_cache_breakpoint: passes(), cache_control: passes() }

const parts = eachOf(
  byType({
    text: atLeast({ ...cached, ...all(['type', 'text']) }),
    refusal: passes(),
    image_url: atLeast({
      ...cached,
      type: passes(),
      image_url: priced('By the model’s own formula; by a URL, the context window is held.'),
    }),
    file: atLeast({
      ...cached,
      type: passes(),
      file: atLeast({
        file_data: priced('By its pages, each at the most that a page may cost.'),
        filename: passes(),
        file_id: refused(
          'the id of a file is not known in this place. Files that are kept here are named in messages and in results of tools; elsewhere send the content itself.',
        ),
      }),
    }),
    input_audio: sound,
  }),
)

const messages = eachOf(
  atLeast({
    ...all(['role', 'name', 'refusal', 'tool_calls', 'tool_call_id', 'function_call']),
    // Thinking that clients carry from answer to request.
    ...all(['reasoning', 'reasoning_content', 'reasoning_details', 'cache_control']),
    content: parts,
    audio: sound,
  }),
)

const tools = eachOf(
  byType(
    { function: atLeast(all(['type', 'function', 'cache_control'])), custom: atLeast(all(['type', 'custom'])) },
    'function',
  ),
)

const search = refused(
  'searches in Chat Completions are not counted in the answer, and could not be billed. Use web_search on /v1/responses.',
)

/** Google’s own options, as its OpenAI-compatible API takes them. */
const googleOptions = exactly({
  google: exactly({
    thinking_config: exactly(all(['thinking_budget', 'thinking_level', 'include_thoughts'])),
    thought_tag_marker: passes(),
    cached_content: refused('cached content is kept for the operator’s users together. Send the content itself.'),
  }),
})

const compatible = {
  /** Anthropic’s, OpenRouter’s and Google’s, which their models heed. */
  extra_body: googleOptions,
  search_parameters: search,
  deferred: only([false], 'deferred answers are not kept here. Leave it out.'),
}

/** OpenAI’s Chat Completions. Types: `ChatCompletionCreateParamsBase` of openai; and what Google and xAI add. */
export const chatClassification: Classification = {
  betas: openaiBetas,
  body: exactly({
    ...all(['model', 'max_tokens', 'max_completion_tokens', 'stream', 'temperature', 'top_p', 'stop', 'seed']),
    ...all(['frequency_penalty', 'presence_penalty', 'logit_bias', 'logprobs', 'top_logprobs']),
    ...all(['tool_choice', 'parallel_tool_calls', 'functions', 'function_call', 'response_format']),
    ...all(['reasoning_effort', 'verbosity', 'prompt_cache_key', 'prompt_cache_retention']),
    messages,
    tools,
    n: priced('All answers are held and billed.'),
    stream_options: exactly(all(['include_usage', 'include_obfuscation']), passes('The counts are always asked for.')),
    prediction: priced('Predicted tokens that are rejected are output: they are held beside max_tokens.'),
    prompt_cache_options: exactly({
      mode: passes(),
      ttl: only(['30m'], 'the price of longer lives is not known. Leave it out.'),
    }),
    service_tier: only(['auto', 'default'], 'other tiers have other prices. Leave it out.'),
    modalities: eachOf(only(['text'], 'sound is not served here. Ask for text.')),
    audio: sound,
    moderation: atLeast({ model: passes(), policy: passes() }, passes('OpenAI’s moderation models cost nothing.')),
    store: passes('Always false: what OpenAI keeps it keeps for the operator’s users together.'),
    metadata: passes('Left out: OpenAI takes labels for kept answers only.'),
    user: passes('Replaced by a pseudonym of the user.'),
    safety_identifier: passes('Replaced by a pseudonym of the user.'),
    web_search_options: search,
    ...compatible,
  }),
}
