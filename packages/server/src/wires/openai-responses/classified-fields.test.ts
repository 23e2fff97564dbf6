import { describe, expect, it } from 'vitest'
import { type Body, outcomeOf } from '../test-refusals.ts'
import { parseRequest } from './parse-request.ts'

const outcome = (more: Body) => outcomeOf(parseRequest, { ...{ model: 'm', input: 'Hi' }, ...more })

describe('what a body of Responses may hold', () => {
  it.each<[Body, string, string]>([
    [{ foo: 1 }, "Unknown parameter: 'foo'.", 'foo'],
    [{ max_tool_calls: 0 }, 'max_tool_calls: ', 'max_tool_calls'],
    [{ max_tool_calls: -1 }, 'max_tool_calls: ', 'max_tool_calls'],
    [{ max_tool_calls: JSON.parse('1e400') }, 'max_tool_calls: this number is too large', 'max_tool_calls'],
    [{ background: true }, 'background: ', 'background'],
    [{ conversation: 'conv_1' }, 'conversation: conversations are not kept', 'conversation'],
    [{ prompt: { id: 'pmpt_1' } }, 'prompt: stored prompts', 'prompt'],
    [{ reasoning: { mode: 'pro' } }, 'reasoning.mode: pro runs', 'reasoning.mode'],
    [
      { tools: [{ type: 'image_generation' }] },
      "tools[0].type: 'image_generation' is not served here: ",
      'tools[0].type',
    ],
    [
      { tools: [{ type: 'shell', environment: { type: 'container_auto' } }] },
      "tools[0].type: 'shell'",
      'tools[0].type',
    ],
    [{ tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }] }, "tools[0].type: 'file_search'", 'tools[0].type'],
    [
      { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'file-1' }] }] },
      'input[0].content[0].file_id: the id of a file',
      'input[0].content[0].file_id',
    ],
    [
      {
        input: [{ type: 'computer_call_output', call_id: 'c', output: { type: 'computer_screenshot', file_id: 'f' } }],
      },
      'input[0].output.file_id: ',
      'input[0].output.file_id',
    ],
    [
      { input: [{ type: 'additional_tools', tools: [{ type: 'web_search' }] }] },
      "input[0].tools[0].type: 'web_search' is not served here: tools that run at the provider",
      'input[0].tools[0].type',
    ],
    [{ input: [{ type: 'hologram' }] }, "input[0].type: Invalid value: 'hologram'", 'input[0].type'],
    [{ access_programs: { cyber: 'daybreak_red' } }, 'access_programs.cyber: ', 'access_programs.cyber'],
  ])('refuses %j by name', (more, message, param) => {
    expect(outcome(more)).toMatchObject({ param, message: expect.stringContaining(message) })
  })

  it.each<Body>([
    {
      store: true,
      include: ['reasoning.encrypted_content'],
      client_metadata: { a: 'b' },
      prompt_cache_key: 'k',
      background: false,
      previous_response_id: 'resp_1',
    },
    {
      tools: [
        { type: 'namespace', name: 'n', tools: [{ type: 'function', name: 'f' }] },
        { type: 'web_search' },
        { type: 'local_shell' },
      ],
    },
    {
      input: [
        { role: 'developer', content: 'x' },
        { type: 'item_reference', id: 'rs_1' },
        { type: 'function_call_output', call_id: 'c', output: '{"file_id":"the tool’s own"}' },
      ],
    },
  ])('passes %j', (more) => {
    expect(outcome(more)).toBe('passes')
  })
})
