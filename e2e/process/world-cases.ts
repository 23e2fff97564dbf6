import { anthropicVersion } from './file-client.ts'

/** One call of the matrix of both worlds. */
export interface WorldCase {
  readonly label: string
  readonly path: string
  readonly header: 'x-user-key' | 'authorization' | 'x-api-key'
  /** @param words stand in it somewhere, by which the provider's record knows the call again. */
  body(words: string): Record<string, unknown>
  /** Whether the operator has this model's provider: a live call of another is a 404. */
  readonly isConfigured: boolean
}

/** The family that answers; the last has no key of the operator's. */
const models = [
  'openai/gpt-4o',
  'anthropic/claude-sonnet-4-20250514',
  'google/gemini-3.8-flash',
  'xai/grok-4-0709',
] as const
const embedders = ['openai/text-embedding-3-small', 'google/gemini-embedding-001'] as const
const headers = ['x-user-key', 'authorization', 'x-api-key'] as const

interface Endpoint {
  readonly path: string
  readonly models: readonly string[]
  readonly streams: boolean
  write(words: string): Record<string, unknown>
}

const endpoints: readonly Endpoint[] = [
  {
    ...{ path: '/v1/chat/completions', models, streams: true },
    write: (content) => ({ messages: [{ role: 'user', content }] }),
  },
  { ...{ path: '/v1/responses', models, streams: true }, write: (input) => ({ input }) },
  {
    ...{ path: '/v1/messages', models, streams: true },
    write: (content) => ({ max_tokens: 60, messages: [{ role: 'user', content }] }),
  },
  {
    ...{ path: '/v1/messages/count_tokens', models, streams: false },
    write: (content) => ({ messages: [{ role: 'user', content }] }),
  },
  { ...{ path: '/v1/embeddings', models: embedders, streams: false }, write: (input) => ({ input }) },
]

/** Every endpoint × family × JSON or SSE × header. */
export const worldCases: readonly WorldCase[] = endpoints.flatMap((endpoint) =>
  endpoint.models.flatMap((model) =>
    (endpoint.streams ? [false, true] : [false]).flatMap((stream) =>
      headers.map(
        (header): WorldCase => ({
          label: `${endpoint.path} ${model} ${stream ? 'SSE' : 'JSON'} ${header}`,
          path: endpoint.path,
          header,
          body: (words) => ({ model, ...endpoint.write(words), ...(stream ? { stream } : {}) }),
          isConfigured: !model.startsWith('xai/'),
        }),
      ),
    ),
  ),
)

export const headersOf = (header: WorldCase['header'], key: string): Record<string, string> => ({
  [header]: header === 'authorization' ? `Bearer ${key}` : key,
  ...anthropicVersion,
})

/** What a client keeps with us, and asks about later: named by what it got. */
export const namesFile: Readonly<Record<string, (fileId: string, words: string) => Record<string, unknown>>> = {
  '/v1/messages': (fileId, text) => ({
    ...{ model: 'anthropic/claude-sonnet-4-20250514', max_tokens: 60 },
    messages: [
      {
        role: 'user',
        content: [
          { type: 'document', source: { type: 'file', file_id: fileId } },
          { type: 'text', text },
        ],
      },
    ],
  }),
  '/v1/responses': (fileId, text) => ({
    model: 'openai/gpt-4o',
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_file', file_id: fileId },
          { type: 'input_text', text },
        ],
      },
    ],
  }),
}
