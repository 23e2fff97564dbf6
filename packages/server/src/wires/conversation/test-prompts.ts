import fc from 'fast-check'
import { mergeTurns } from './merge-turns.ts'
import type {
  AssistantPart,
  CacheMark,
  DocumentPart,
  ImagePart,
  Prompt,
  TextPart,
  Tool,
  Turn,
  UserPart,
} from './prompt.ts'

/** Prompts of every kind that can be said, for the tests of translation. */

const text = fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }).filter((value) => value.trim() !== '')
const name = fc.stringMatching(/^[a-z]{1,10}$/)
const id = fc.stringMatching(/^[\w-]{1,20}$/)
export const mark: fc.Arbitrary<CacheMark | null> = fc.constantFrom(
  null,
  null,
  { ttl: null },
  { ttl: '5m' },
  { ttl: '1h' },
)
const base64 = fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('base64'))

export const textPart = (cache = mark): fc.Arbitrary<TextPart> => fc.record({ kind: fc.constant('text'), text, cache })
const image: fc.Arbitrary<ImagePart> = fc.record({
  kind: fc.constant('image'),
  source: fc.oneof(
    fc.record({ from: fc.constant('base64'), mediaType: fc.constantFrom('image/png', 'image/jpeg'), data: base64 }),
    fc.record({ from: fc.constant('url'), url: fc.webUrl() }),
  ),
  cache: mark,
})
const pdf: fc.Arbitrary<DocumentPart> = fc.record({
  kind: fc.constant('document'),
  source: fc.record({ from: fc.constant('base64'), mediaType: fc.constant('application/pdf'), data: base64 }),
  name: fc.constantFrom('a.pdf', 'report.pdf'),
  cache: mark,
})
const thinking: fc.Arbitrary<AssistantPart> = fc.oneof(
  fc.record({ kind: fc.constant('thinking'), text: fc.oneof(fc.constant(''), text), signature: id }),
  fc.record({ kind: fc.constant('redacted_thinking'), data: id }),
)
const call = (callId: string): fc.Arbitrary<AssistantPart> =>
  fc.record({
    kind: fc.constant('tool_call'),
    id: fc.constant(callId),
    name,
    arguments: fc
      .dictionary(name, fc.jsonValue({ maxDepth: 1, noUnicodeString: false }))
      .map((input) => JSON.stringify(input)),
    cache: fc.constant(null),
  })

const assistantSaying: fc.Arbitrary<readonly AssistantPart[]> = fc
  .tuple(fc.array(thinking, { maxLength: 2 }), textPart(fc.constant(null)))
  .map(([thoughts, said]) => [...thoughts, said])

/** A call of tools and its answers: two turns. */
const toolRound: fc.Arbitrary<readonly Turn[]> = fc
  .uniqueArray(id, { minLength: 1, maxLength: 3 })
  .chain((ids) =>
    fc.tuple(
      fc.array(thinking, { maxLength: 1 }),
      fc.tuple(...ids.map(call)),
      fc.tuple(
        ...ids.map((callId) =>
          fc.record({
            kind: fc.constant('tool_result' as const),
            callId: fc.constant(callId),
            content: fc.array(textPart(fc.constant(null)), { minLength: 1, maxLength: 1 }),
            isError: fc.constant(false),
            cache: mark,
          }),
        ),
      ),
    ),
  )
  .map(([thoughts, calls, results]) => [
    { role: 'assistant', parts: [...thoughts, ...calls] },
    { role: 'user', parts: results },
  ])

const userTurn: fc.Arbitrary<readonly Turn[]> = fc
  .array(fc.oneof<fc.Arbitrary<UserPart>[]>(textPart(), image, pdf), { minLength: 1, maxLength: 3 })
  .map((parts) => [{ role: 'user', parts }])
const assistantTurn: fc.Arbitrary<readonly Turn[]> = assistantSaying.map((parts) => [{ role: 'assistant', parts }])

const tool: fc.Arbitrary<Tool> = fc.record({
  name,
  description: fc.option(text, { nil: null }),
  schema: fc.constant({ type: 'object', properties: { city: { type: 'string' } } }),
  isStrict: fc.constantFrom(null, true),
  namespace: fc.constant(null),
  cache: mark,
})

export const prompts: fc.Arbitrary<Prompt> = fc
  .record({
    system: fc.array(textPart(), { maxLength: 2 }),
    turns: fc
      .array(fc.oneof(userTurn, assistantTurn, toolRound), { maxLength: 5 })
      .map((rounds) =>
        mergeTurns([...rounds.flat(), { role: 'user', parts: [{ kind: 'text', text: 'Go', cache: null }] }]),
      ),
    tools: fc.uniqueArray(tool, { maxLength: 3, selector: (one) => one.name }),
    mayCallInParallel: fc.constantFrom(null, true, false),
    temperature: fc.constantFrom(null, 0, 0.5, 1),
    topP: fc.constantFrom(null, 0.5),
    stopSequences: fc.uniqueArray(name, { maxLength: 3 }),
    endUser: fc.option(name, { nil: null }),
  })
  .chain((prompt) =>
    fc
      .constantFrom(
        null,
        { kind: 'auto' } as const,
        { kind: 'required' } as const,
        { kind: 'none' } as const,
        { kind: 'named', name: prompt.tools[0]?.name ?? '' } as const,
      )
      .map((toolChoice) => ({
        ...prompt,
        toolChoice: prompt.tools.length === 0 ? null : toolChoice,
        // Messages says it beside a choice; without one, `auto` is said, which is the same.
        mayCallInParallel:
          prompt.tools.length === 0 || toolChoice === null || toolChoice.kind === 'none'
            ? null
            : prompt.mayCallInParallel,
        maySearchWeb: false,
        webSearchesMax: null,
        reasoning: null,
        format: null,
      })),
  )
