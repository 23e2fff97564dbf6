import { afterAll, describe, expect, it } from 'vitest'
import { messagesClassification } from '../packages/server/src/wires/anthropic-messages/classified-fields.ts'
import type { Classification, Rule } from '../packages/server/src/wires/classification.ts'
import { chatClassification } from '../packages/server/src/wires/openai-chat/classified-fields.ts'
import { embeddingsClassification } from '../packages/server/src/wires/openai-embeddings/classified-fields.ts'
import { responsesClassification } from '../packages/server/src/wires/openai-responses/classified-fields.ts'
import { createWalker, type SdkType } from './unclassified.ts'

/**
 * Every parameter that the SDKs of the providers know is classified: an upgrade of one of them names here what is new,
 * and it has to be decided whether that passes, is priced or is refused before anybody can send it.
 */

const walker = createWalker()
afterAll(() => walker.close())

/** The newest of each, and the generation of Anthropic's that older clients still use. */
const anthropicPackages = ['@anthropic-ai/sdk', 'anthropic-sdk-0'] as const

const of = (module: string, name: string): SdkType => ({ installedIn: 'e2e', module, name })

const bodies: readonly (readonly [label: string, type: SdkType, table: Classification])[] = [
  ...anthropicPackages.flatMap((name) => [
    [
      `${name}: Messages`,
      of(`${name}/resources/messages/messages.js`, 'MessageCreateParamsBase'),
      messagesClassification,
    ] as const,
    [
      `${name}: Messages with betas`,
      of(`${name}/resources/beta/messages/messages.js`, 'MessageCreateParamsBase'),
      messagesClassification,
    ] as const,
    [
      `${name}: counting tokens`,
      of(`${name}/resources/beta/messages/messages.js`, 'MessageCountTokensParams'),
      messagesClassification,
    ] as const,
  ]),
  [
    'openai: Chat Completions',
    of('openai/resources/chat/completions/completions.js', 'ChatCompletionCreateParamsBase'),
    chatClassification,
  ],
  [
    'openai: Responses',
    of('openai/resources/responses/responses.js', 'ResponseCreateParamsBase'),
    responsesClassification,
  ],
  [
    'openai: Responses with betas',
    of('openai/resources/beta/responses/responses.js', 'ResponseCreateParamsBase'),
    responsesClassification,
  ],
  ['openai: Embeddings', of('openai/resources/embeddings.js', 'EmbeddingCreateParams'), embeddingsClassification],
]

describe('every parameter of the SDKs is classified', () => {
  it.each(bodies)('%s', (_label, type, table) => {
    expect(
      walker.compare(type, table.body).unclassified,
      'these are new: classify each in wires/*/classified-*.ts as passes, priced or refused',
    ).toEqual([])
  })

  it.each(anthropicPackages)('%s: betas', (name) => {
    const known = walker.literals(of(`${name}/resources/beta/beta.js`, 'AnthropicBeta'))
    expect(known.length).toBeGreaterThan(20)
    expect(
      known.filter((beta) => !messagesClassification.betas.has(beta)),
      'these are new: classify each in wires/anthropic-messages/classified-betas.ts',
    ).toEqual([])
  })
})

/** What providers and clients say beyond the types of the SDKs: the source of each stands beside it in its table. */
const beyondTheSdks: Readonly<Record<string, readonly string[]>> = {
  messages: ['connector_text'],
  chat: [
    'reasoning',
    'reasoning_content',
    'reasoning_details',
    'cache_control',
    'extra_body',
    'deferred',
    'search_parameters',
  ],
  responses: ['client_metadata', 'code_execution', 'collections_search', 'input_audio', 'summary_text', 'x_search'],
  embeddings: [],
}

describe('no table names what nobody knows', () => {
  it.each([
    ['messages', messagesClassification],
    ['chat', chatClassification],
    ['responses', responsesClassification],
    ['embeddings', embeddingsClassification],
  ] as const)('%s', (name, table) => {
    const walked = bodies.filter(([, , one]) => one === table).map(([, type]) => walker.compare(type, table.body))
    const met = new Set(walked.flatMap((comparison) => [...comparison.met]))
    expect([...new Set(namesUnmet(table.body, met))].toSorted()).toEqual((beyondTheSdks[name] ?? []).toSorted())
  })
})

/** Names of parts that no SDK has anywhere, the outermost only. */
function namesUnmet(rule: Rule, met: ReadonlySet<string>): readonly string[] {
  const parts = [...(rule.fields ?? []), ...(rule.types ?? [])]
  return [
    ...parts.flatMap(([name, part]) => (met.has(name) ? namesUnmet(part, met) : [name])),
    ...(rule.each === undefined ? [] : namesUnmet(rule.each, met)),
  ]
}
