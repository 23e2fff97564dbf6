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
import { betas } from './classified-betas.ts'
import { blocks, systemBlocks } from './classified-blocks.ts'
import { cacheMark, mcpServers, tools } from './classified-tools.ts'

const thinking = byType(all(['enabled', 'disabled', 'adaptive', 'between_tools']))

const speed = only(['standard'], 'other speeds have other prices. Leave it out.')

const outputConfig = exactly(all(['effort', 'format', 'task_budget']))

const compactionRule = priced(
  'The prompt is read once more and its summary written, by the same model; both are held where the prompt may reach the trigger.',
)

const header = refused('this is a header of Anthropic’s, and no field of the body. Leave it out.')

const threadRefusal = 'message threads are not supported here. Send the whole conversation in messages.'

/** Anthropic’s Messages. Types: `MessageCreateParamsBase` of @anthropic-ai/sdk, plain and beta. */
export const messagesClassification: Classification = {
  betas,
  body: exactly({
    ...all(['model', 'max_tokens', 'stream', 'stop_sequences', 'temperature', 'top_p', 'top_k', 'tool_choice']),
    ...all(['output_format', 'fallback_credit_token']),
    messages: eachOf(
      atLeast({
        ...all(['role', 'clear_at']),
        content: blocks,
        output_config: exactly(all(['effort'])),
      }),
    ),
    system: systemBlocks,
    tools,
    thinking,
    output_config: outputConfig,
    cache_control: cacheMark,
    metadata: atLeast(all(['user_id']), passes('user_id is replaced by a pseudonym of the user.')),
    service_tier: only(['auto', 'standard_only'], 'other tiers have other prices. Leave it out.'),
    speed,
    inference_geo: only(['global'], 'other places have other prices. Leave it out.'),
    context_management: exactly({
      edits: eachOf(
        byType({ ...all(['clear_thinking_20251015', 'clear_tool_uses_20250919']), compact_20260112: compactionRule }),
      ),
    }),
    compaction: byType({ summarize: compactionRule }),
    fallbacks: eachOf(
      exactly({
        ...all(['max_tokens']),
        model: priced('Its own price.'),
        output_config: outputConfig,
        speed,
        thinking,
      }),
      priced(
        'Each attempt at the price of its model, which is held. All have to be models that the key may use; "default" asks for a key without a list of models.',
      ),
    ),
    diagnostics: exactly({
      previous_message_id: refused('nothing is kept here that it could be compared with. Send null.'),
    }),
    thread: byType({
      create: refused(threadRefusal, 'thread_unsupported_request'),
      continue: refused(threadRefusal, 'thread_not_found'),
    }),
    previous_message_id: refused(threadRefusal, 'thread_not_found'),
    container: refused(
      'containers are not supported here: they are kept for the operator’s users together. Leave it out.',
    ),
    mcp_servers: mcpServers,
    billing_policy: refused('credits pay for this request. Leave it out.'),
    betas: header,
    user_profile_id: header,
    workspace_id: header,
  }),
}
