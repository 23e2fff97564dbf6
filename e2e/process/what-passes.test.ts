import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { balanceOf, buyCredits, call, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'

/** What goes out under the operator's key, and what does not: by the tables of the formats, seen from the provider. */

let caller: Caller

beforeAll(async () => {
  caller = await startCaller()
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0 })
  await caller.stack.close()
})

type Body = Record<string, unknown>

const hello = [{ role: 'user', content: 'Hi' }]
const bodies: Readonly<Record<string, Body>> = {
  '/v1/messages': { model: 'claude-sonnet-4', max_tokens: 5, messages: hello },
  '/v1/chat/completions': { model: 'gpt-4o', messages: hello },
  '/v1/responses': { model: 'gpt-4o', input: 'Hi' },
  '/v1/embeddings': { model: 'text-embedding-3-small', input: 'Hi' },
}

const post = (path: string, more: Body, headers: Record<string, string> = {}, key = caller.key) =>
  call(caller.stack, 'POST', path, { key, headers, body: { ...bodies[path], ...more } })

const said = (path: string, part: Body): Body => {
  const turn = [{ role: 'user', content: [part] }]
  return path === '/v1/responses' ? { input: turn } : { messages: turn }
}

/** A result of a tool that runs at the provider. */
function fetched(source: object) {
  return { type: 'web_fetch_result', content: { type: 'document', source } }
}

describe('what no table names, and what a table refuses', () => {
  const refused: readonly (readonly [label: string, path: string, more: Body, wording: string])[] = [
    ['an unknown field', '/v1/messages', { foo: 1 }, 'foo: Extra inputs are not permitted'],
    ['an unknown field', '/v1/chat/completions', { foo: 1 }, "Unknown parameter: 'foo'."],
    ['an unknown field', '/v1/responses', { foo: 1 }, "Unknown parameter: 'foo'."],
    ['an unknown field', '/v1/embeddings', { foo: 1 }, "Unknown parameter: 'foo'."],
    ['an unknown field, for another family', '/v1/messages', { model: 'gpt-4o', foo: 1 }, 'foo: Extra inputs'],
    [
      'an unknown tool',
      '/v1/messages',
      { tools: [{ type: 'web_search_20290101', name: 'web_search' }] },
      "tools.0: Input tag 'web_search_20290101' found using 'type'",
    ],
    ['an unknown tool', '/v1/responses', { tools: [{ type: 'web_search_2029' }] }, 'tools[0].type: Invalid value'],
    ['code that runs there', '/v1/messages', { tools: [{ type: 'code_execution_20260120', name: 'c' }] }, 'tools.0: '],
    ['code that runs there', '/v1/responses', { tools: [{ type: 'code_interpreter' }] }, 'tools[0].type: '],
    [
      'servers that it calls',
      '/v1/messages',
      { mcp_servers: [{ type: 'url', url: 'https://a.example' }] },
      'mcp_servers.0: ',
    ],
    ['servers that it calls', '/v1/responses', { tools: [{ type: 'mcp', server_label: 'a' }] }, 'tools[0].type: '],
    ['files of all', '/v1/messages', said('', { type: 'container_upload', file_id: 'f' }), 'messages.0.content.0: '],
    [
      'files of all',
      '/v1/messages',
      said('', { type: 'web_fetch_tool_result', content: fetched({ type: 'file', file_id: 'f' }) }),
      'messages.0.',
    ],
    [
      'sound',
      '/v1/chat/completions',
      said('', { type: 'input_audio', input_audio: {} }),
      'messages[0].content[0].type: ',
    ],
    ['sound', '/v1/chat/completions', { modalities: ['text', 'audio'], audio: { voice: 'alloy' } }, 'modalities[1]: '],
    [
      'searches that are not counted',
      '/v1/chat/completions',
      { model: 'grok-3', search_parameters: {} },
      'search_parameters: ',
    ],
    [
      'what Google keeps',
      '/v1/chat/completions',
      { model: 'gemini-2.5-pro', extra_body: { google: { cached_content: 'cachedContents/1' } } },
      'extra_body.google.cached_content: ',
    ],
    ['answers that are kept', '/v1/chat/completions', { model: 'grok-3', deferred: true }, 'deferred: '],
    ['what ran before', '/v1/responses', { conversation: 'conv_1' }, 'conversation: '],
    ['another price', '/v1/messages', { inference_geo: 'us' }, 'inference_geo: '],
    ['another price', '/v1/messages', { speed: 'fast' }, 'speed: '],
    ['another price', '/v1/responses', { service_tier: 'ultrafast' }, 'service_tier: '],
    [
      'another who pays',
      '/v1/messages',
      { billing_policy: { type: 'billing_policy', bill_to: 'self' } },
      'billing_policy: ',
    ],
  ]

  it.each(refused)('%s: %s %j', async (_label, path, more, wording) => {
    const before = { calls: (await caller.calls()).length, balance: await balanceOf(caller.stack, caller.key) }
    const answer = await post(path, more)
    expect(answer.status).toBe(400)
    const error = answer.body.error as { type: string; message: string }
    expect(error.type).toBe('invalid_request')
    expect(error.message.startsWith(wording), error.message).toBe(true)
    // In the caller's own dialect.
    expect(answer.body.type).toBe(path === '/v1/messages' ? 'error' : undefined)
    expect({ calls: (await caller.calls()).length, balance: await balanceOf(caller.stack, caller.key) }).toEqual(before)
  })
})

describe('betas', () => {
  const headers = { 'anthropic-beta': 'effort-2025-11-24, fast-mode-2026-02-01,made-up-2029-01-01' }
  const ignored = 'fast-mode-2026-02-01,made-up-2029-01-01'

  it.each([{ stream: false }, { stream: true }, { max_tokens: -1 }, { model: 'gpt-4o' }])(
    'what does not pass is dropped and listed: %j',
    async (more) => {
      const answer = await post('/v1/messages', more, headers)
      expect(answer.headers.get('opencredits-ignored-betas')).toBe(ignored)
    },
  )

  it('what passes goes to Anthropic, with no other header of its own than the version', async () => {
    const more = {
      'anthropic-version': '2026-10-21',
      'anthropic-workspace-id': 'wrkspc_1',
      'anthropic-user-profile-id': 'u',
    }
    const answer = await post('/v1/messages', {}, { ...headers, ...more })
    expect(answer.status).toBe(200)
    const sent = (await caller.lastCall())?.headers ?? {}
    expect(Object.entries(sent).filter(([name]) => name.startsWith('anthropic-'))).toEqual([
      ['anthropic-version', '2026-10-21'],
      ['anthropic-beta', 'effort-2025-11-24'],
    ])
  })

  it('counting says the same', async () => {
    const answer = await call(caller.stack, 'POST', '/v1/messages/count_tokens', {
      ...{ key: caller.key, headers, body: { model: 'claude-sonnet-4', messages: hello } },
    })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('opencredits-ignored-betas')).toBe(ignored)
  })

  it('a request without them is told nothing', async () => {
    expect((await post('/v1/messages', {})).headers.get('opencredits-ignored-betas')).toBeNull()
  })

  it('agents of OpenAI are not switched on', async () => {
    const answer = await post('/v1/responses', {}, { 'openai-beta': 'responses_multi_agent=v1' })
    expect(answer.headers.get('opencredits-ignored-betas')).toBe('responses_multi_agent=v1')
    expect((await caller.lastCall())?.headers['openai-beta']).toBeUndefined()
  })
})

describe('whom the provider knows', () => {
  const named = {
    '/v1/messages': { metadata: { user_id: 'jane@example.com' } },
    '/v1/chat/completions': {
      user: 'jane@example.com',
      safety_identifier: 'jane',
      metadata: { a: 'jane' },
      store: true,
    },
    '/v1/responses': { user: 'jane@example.com', safety_identifier: 'jane', store: true },
    '/v1/embeddings': { user: 'jane@example.com' },
  } as const

  /** What the provider was told of the user, wherever it stands. */
  async function toldBy(path: keyof typeof named, model: string | null, key = caller.key): Promise<unknown> {
    const answer = await post(path, { ...named[path], ...(model === null ? {} : { model }) }, {}, key)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    const body = (await caller.lastCall())?.body as Record<string, unknown>
    expect(JSON.stringify(body)).not.toContain('jane')
    expect(body.store ?? false).toBe(false)
    return body
  }

  const pseudonym = expect.stringMatching(/^ocu_[0-9a-f]{40}$/)

  it.each([
    ['/v1/messages', null, { metadata: { user_id: pseudonym } }],
    ['/v1/messages', 'gpt-4o', { safety_identifier: pseudonym }],
    ['/v1/chat/completions', null, { safety_identifier: pseudonym }],
    ['/v1/chat/completions', 'grok-3', { user: pseudonym }],
    ['/v1/chat/completions', 'claude-sonnet-4', { metadata: { user_id: pseudonym } }],
    ['/v1/responses', null, { safety_identifier: pseudonym }],
    ['/v1/responses', 'grok-3', { user: pseudonym }],
    ['/v1/responses', 'claude-sonnet-4', { metadata: { user_id: pseudonym } }],
    ['/v1/embeddings', null, { user: pseudonym }],
  ] as const)(
    '%s to %s: a pseudonym in the provider’s own field, and nothing of the client’s',
    async (path, model, field) => {
      expect(await toldBy(path, model)).toMatchObject(field)
    },
  )

  it.each(['/v1/chat/completions', '/v1/responses'] as const)('Google is told nobody: %s', async (path) => {
    const body = await toldBy(path, 'gemini-2.5-pro')
    expect(Object.keys(body as object)).not.toEqual(expect.arrayContaining(['user']))
    expect(JSON.stringify(body)).not.toContain('ocu_')
  })

  it('is the same for every key of a user at every provider, and another one for another user', async () => {
    const { userKey: other } = await buyCredits(caller.stack, caller.partner, 5)
    const chat = (await toldBy('/v1/chat/completions', null)) as Body
    const message = (await toldBy('/v1/messages', null)) as { metadata: Body }
    const foreign = (await toldBy('/v1/chat/completions', null, other)) as Body
    expect(message.metadata.user_id).toBe(chat.safety_identifier)
    expect(foreign.safety_identifier).not.toBe(chat.safety_identifier)
  })
})

describe('pass-through', () => {
  it('touches and refuses nothing: it is the user’s own credential', async () => {
    const body = { ...bodies['/v1/messages'], model: 'claude-sonnet-4-20250514', foo: 1, metadata: { user_id: 'jane' } }
    const answer = await call(caller.stack, 'POST', '/v1/messages', {
      headers: {
        'x-opencredits-key': caller.key,
        'x-api-key': 'sandbox-user-own',
        'anthropic-beta': 'made-up-2029-01-01',
      },
      body,
    })
    expect(answer.headers.get('opencredits-billed-to')).toBe('passthrough')
    expect(answer.headers.get('opencredits-ignored-betas')).toBeNull()
    const sent = await caller.lastCall()
    expect(sent?.body).toEqual(body)
    expect(sent?.headers['anthropic-beta']).toBe('made-up-2029-01-01')
  })
})
