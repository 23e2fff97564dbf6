import { describe, expect, it } from 'vitest'
import { type Body, outcomeOf } from '../test-refusals.ts'
import { parseRequest } from './parse-request.ts'

const outcome = (more: Body) =>
  outcomeOf(parseRequest, { ...{ model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] }, ...more })

const said = (content: unknown): Body => ({ messages: [{ role: 'user', content }] })

describe('what a body of Messages may hold', () => {
  it.each<[Body, string, string]>([
    [{ foo: 1 }, 'foo: Extra inputs are not permitted', 'foo'],
    [
      { thinking: { type: 'dreaming' } },
      "thinking: Input tag 'dreaming' found using 'type' does not match",
      'thinking',
    ],
    [
      { tools: [{ type: 'web_search_20270101' }] },
      "tools.0: Input tag 'web_search_20270101' found using 'type'",
      'tools.0',
    ],
    [{ tools: [{ type: 'web_search_20250305', depth: 3 }] }, 'tools.0.depth: Extra inputs', 'tools.0.depth'],
    [{ tools: [{ type: 'code_execution_20260120' }] }, 'is not served here: code execution is billed', 'tools.0'],
    [{ mcp_servers: [{ type: 'url', url: 'https://a.example' }] }, 'mcp_servers.0: ', 'mcp_servers.0'],
    [
      said([{ type: 'container_upload', file_id: 'f' }]),
      "messages.0.content.0: Input tag 'container_upload'",
      'messages.0.content.0',
    ],
    [
      said([{ type: 'document', source: { type: 'file', file_id: 'f' } }]),
      "messages.0.content.0.source: Input tag 'file'",
      'messages.0.content.0.source',
    ],
    [said({ type: 'image', source: { type: 'file', file_id: 'f' } }), "Input tag 'file'", 'messages.0.content.source'],
    [
      said([
        { type: 'tool_result', tool_use_id: 't', content: [{ type: 'image', source: { type: 'file', file_id: 'f' } }] },
      ]),
      "Input tag 'file'",
      'messages.0.content.0.content.0.source',
    ],
    [
      said([{ type: 'video' }]),
      "Input tag 'video' found using 'type' does not match any of the expected tags: 'text', 'image'",
      'messages.0.content.0',
    ],
    [{ fallbacks: [{ model: 'a', speed: 'fast' }] }, 'fallbacks.0.speed: other speeds', 'fallbacks.0.speed'],
    [
      { fallbacks: [{ model: 'a', service_tier: 'auto' }] },
      'fallbacks.0.service_tier: Extra inputs',
      'fallbacks.0.service_tier',
    ],
    [
      { context_management: { edits: [{ type: 'compact_20280101' }] } },
      "context_management.edits.0: Input tag 'compact_20280101'",
      'context_management.edits.0',
    ],
    [{ service_tier: 'priority' }, 'service_tier: other tiers', 'service_tier'],
    [{ inference_geo: 'us' }, 'inference_geo: other places', 'inference_geo'],
    [
      { billing_policy: { type: 'billing_policy', bill_to: 'user_profile' } },
      'billing_policy: credits pay',
      'billing_policy',
    ],
    [
      { diagnostics: { previous_message_id: 'msg_1' } },
      'diagnostics.previous_message_id: ',
      'diagnostics.previous_message_id',
    ],
    [
      { cache_control: { type: 'ephemeral', ttl: '24h' } },
      'cache_control.ttl: prices of cache writes',
      'cache_control.ttl',
    ],
  ])('refuses %j by name', (more, message, param) => {
    expect(outcome(more)).toMatchObject({ param, message: expect.stringContaining(message) })
  })

  it.each<Body>([
    {
      temperature: 1,
      top_k: 5,
      metadata: { user_id: 'u' },
      service_tier: 'auto',
      speed: 'standard',
      container: null,
    },
    { unknown: null },
    said([{ type: 'tool_use', id: 't', name: 'n', input: { type: 'container_upload', file_id: 'the tool’s own' } }]),
    {
      tools: [
        { name: 'n', input_schema: { type: 'object', properties: { file_id: {} } } },
        { type: 'bash_20250124', name: 'bash' },
      ],
    },
    said([
      {
        type: 'web_search_tool_result',
        tool_use_id: 't',
        content: { type: 'web_search_tool_result_error', error_code: 'x' },
      },
    ]),
    { fallbacks: 'default', context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] } },
    {
      messages: [{ role: 'system', content: 'now', output_config: { effort: 'low' } }],
      diagnostics: { previous_message_id: null },
    },
  ])('passes %j', (more) => {
    expect(outcome(more)).toBe('passes')
  })

  it.each<[Body, string]>([
    [{ thread: { type: 'create' } }, 'thread_unsupported_request'],
    [{ thread: { type: 'continue', previous_message_id: 'msg_1' } }, 'thread_not_found'],
  ])('refuses %j with the code that Anthropic’s SDK falls back by', (more, code) => {
    expect(outcome(more)).toMatchObject({ code })
  })

  it('reads no further into a conversation than its blocks', () => {
    expect(outcome(said([{ type: 'tool_use', id: 't', name: 'n', input: nested(5_000) }]))).toBe('passes')
  })
})

/** As deep as a body may not be: who walked into it would not come back. */
function nested(depth: number): unknown {
  let value: unknown = null
  for (let level = 0; level < depth; level += 1) value = [{ value }]
  return value
}
