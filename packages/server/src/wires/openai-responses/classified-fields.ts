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
import { openaiBetas } from '../openai-chat/classified-betas.ts'
import { items } from './classified-items.ts'
import { tools } from './classified-tools.ts'

const reasoning = exactly({
  ...all(['effort', 'summary', 'generate_summary', 'context']),
  mode: only(['standard'], 'pro runs the model several times, and nothing bounds what that costs. Leave it out.'),
})

/** OpenAI’s Responses. Types: `ResponseCreateParamsBase` of openai; and what Codex adds. */
export const responsesClassification: Classification = {
  betas: openaiBetas,
  body: exactly({
    ...all(['model', 'instructions', 'max_output_tokens', 'max_tool_calls', 'stream', 'temperature', 'top_p']),
    ...all([
      'top_logprobs',
      'include',
      'parallel_tool_calls',
      'tool_choice',
      'truncation',
      'metadata',
      'client_metadata',
    ]),
    ...all(['prompt_cache_key', 'prompt_cache_retention']),
    input: items,
    tools,
    reasoning,
    text: exactly(all(['format', 'verbosity'])),
    stream_options: exactly(all(['include_obfuscation'])),
    image: exactly(all(['context_compression'])),
    context_management: eachOf(
      byType({
        compaction: priced('The prompt is read once more and its summary written, by the same model; both are held.'),
      }),
    ),
    prompt_cache_options: exactly({
      mode: passes(),
      ttl: only(['30m'], 'the price of longer lives is not known. Leave it out.'),
      prewarm: only([false], 'nothing would be answered. Leave it out.'),
      comparison_response_id: refused('OpenAI keeps nothing that it could be compared with. Leave it out.'),
    }),
    moderation: atLeast({ model: passes(), policy: passes() }, passes('OpenAI’s moderation models cost nothing.')),
    service_tier: only(['auto', 'default'], 'other tiers have other prices. Leave it out.'),
    store: passes(
      'Unless false, the answer is kept here, encrypted under the caller’s key. OpenAI is always sent false: it would keep for the operator’s users together.',
    ),
    user: passes('Replaced by a pseudonym of the user.'),
    safety_identifier: passes('Replaced by a pseudonym of the user.'),
    access_programs: exactly({
      cyber: only(['standard'], 'other programs are granted to single accounts, and would be the operator’s.'),
    }),
    background: only([false], 'background responses are not kept here. Leave it out.'),
    conversation: refused(
      'conversations are not kept here. Send previous_response_id, or the whole conversation in input.',
    ),
    previous_response_id: passes('What is kept here of it goes out in its place, and counts as input.'),
    multi_agent: refused('several agents answer at once, and nothing bounds what they cost. Leave it out.'),
    betas: refused('this is the header openai-beta, and no field of the body. Leave it out.'),
    prompt: refused('stored prompts are not known here. Send instructions and input.'),
  }),
}
