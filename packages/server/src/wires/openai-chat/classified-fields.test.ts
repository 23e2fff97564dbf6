import { describe, expect, it } from 'vitest'
import { type Body, outcomeOf } from '../test-refusals.ts'
import { parseRequest } from './parse-request.ts'

const outcome = (more: Body) =>
  outcomeOf(parseRequest, { ...{ model: 'm', messages: [{ role: 'user', content: 'Hi' }] }, ...more })

const said = (content: unknown): Body => ({ messages: [{ role: 'user', content }] })

describe('what a body of Chat Completions may hold', () => {
  it.each<[Body, string, string]>([
    [{ foo: 1 }, "Unknown parameter: 'foo'.", 'foo'],
    [{ search_parameters: { mode: 'on' } }, 'search_parameters: searches in Chat Completions', 'search_parameters'],
    [{ web_search_options: {} }, 'web_search_options: searches', 'web_search_options'],
    [{ deferred: true }, 'deferred: deferred answers', 'deferred'],
    [
      { extra_body: { google: { cached_content: 'cachedContents/1' } } },
      'extra_body.google.cached_content: ',
      'extra_body.google.cached_content',
    ],
    [
      { extra_body: { google: { tuning: 1 } } },
      "Unknown parameter: 'extra_body.google.tuning'.",
      'extra_body.google.tuning',
    ],
    [{ modalities: ['text', 'audio'] }, 'modalities[1]: sound', 'modalities[1]'],
    [{ audio: { voice: 'alloy' } }, 'audio: sound', 'audio'],
    [{ service_tier: 'flex' }, 'service_tier: other tiers', 'service_tier'],
    [{ prompt_cache_options: { ttl: '12h' } }, 'prompt_cache_options.ttl: ', 'prompt_cache_options.ttl'],
    [{ messages: [{ role: 'assistant', audio: { id: 'audio_1' } }] }, 'messages[0].audio: sound', 'messages[0].audio'],
    [
      said([{ type: 'file', file: { file_id: 'file-1' } }]),
      'messages[0].content[0].file.file_id: the id of a file',
      'messages[0].content[0].file.file_id',
    ],
    [
      said([{ type: 'input_audio', input_audio: {} }]),
      "messages[0].content[0].type: 'input_audio' is not served here: sound",
      'messages[0].content[0].type',
    ],
    [
      { tools: [{ type: 'live_search' }] },
      "tools[0].type: Invalid value: 'live_search'. Supported values are: 'function', 'custom'.",
      'tools[0].type',
    ],
  ])('refuses %j by name', (more, message, param) => {
    expect(outcome(more)).toMatchObject({ param, message: expect.stringContaining(message) })
  })

  it.each<Body>([
    {
      store: true,
      metadata: { a: 'b' },
      user: 'u',
      n: 2,
      logprobs: true,
      functions: [],
      modalities: ['text'],
      audio: null,
    },
    { extra_body: { google: { thinking_config: { thinking_budget: 0 } } } },
    {
      messages: [
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c', extra_content: { google: { thought_signature: 's' } } }],
          annotations: [],
        },
      ],
    },
  ])('passes %j', (more) => {
    expect(outcome(more)).toBe('passes')
  })
})
