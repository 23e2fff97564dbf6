import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createReader as readMessages } from '../anthropic-messages/read-stream.ts'
import { createWriter as writeMessages } from '../anthropic-messages/write-stream.ts'
import { createReader as readChat } from '../openai-chat/read-stream.ts'
import { createWriter as writeChat } from '../openai-chat/write-stream.ts'
import { SseScanner } from '../sse-scanner.ts'
import type { Answer, AnswerEvent, AnswerReader, AnswerWriter, StopReason } from './answer.ts'
import type { AssistantPart } from './prompt.ts'
import { foldAnswer, unfoldAnswer } from './test-answers.ts'

const said = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
const name = fc.stringMatching(/^[a-z]{1,8}$/)
const usage = fc.record({
  inputTokens: fc.nat(100_000),
  cacheReadTokens: fc.nat(1000),
  outputTokens: fc.nat(100_000),
})
const part: fc.Arbitrary<AssistantPart> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), text: said, cache: fc.constant(null) }),
  fc.record({ kind: fc.constant('thinking' as const), text: fc.oneof(fc.constant(''), said), signature: name }),
  fc.record({ kind: fc.constant('redacted_thinking' as const), data: name }),
  fc.record({
    kind: fc.constant('tool_call' as const),
    id: name,
    name,
    arguments: fc.dictionary(name, fc.string()).map((input) => JSON.stringify(input)),
    cache: fc.constant(null),
  }),
)
const stops: readonly StopReason[] = [
  'end',
  'max_tokens',
  'stop_sequence',
  'tool_use',
  'pause_turn',
  'refusal',
  'context_exceeded',
]
const answers: fc.Arbitrary<Answer> = fc.record({
  id: name,
  model: name,
  parts: fc.array(part, { maxLength: 5 }),
  stop: fc.constantFrom(...stops),
  stopSequence: fc.constant(null),
  usage,
})

/** Streams an answer in a format's bytes, cut into reads of any sizes, and reads it again. */
function stream(
  answer: Answer,
  writer: AnswerWriter,
  reader: AnswerReader,
  cuts: readonly number[],
): readonly AnswerEvent[] {
  const bytes = Buffer.from(
    unfoldAnswer(answer)
      .map((event) => writer.write(event))
      .join('') + writer.finish(),
  )
  const scanner = new SseScanner()
  const events: AnswerEvent[] = []
  let from = 0
  for (const cut of [...cuts.map((share) => Math.floor(share * bytes.length)).sort((a, b) => a - b), bytes.length]) {
    for (const event of scanner.push(bytes.subarray(from, cut))) events.push(...reader.read(event))
    from = cut
  }
  return [...events, ...reader.finish()]
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 })

describe('a streamed answer', () => {
  it('comes back whole from Messages, wherever its bytes are cut', () => {
    fc.assert(
      fc.property(answers, cuts, (answer, at) => {
        const read = foldAnswer(stream(answer, writeMessages(0), readMessages(), at))
        const counts = { cacheWrite5mTokens: 0, cacheWrite1hTokens: 0 }
        expect(read).toEqual({ ...answer, id: `msg_${answer.id}`, usage: { ...answer.usage, ...counts } })
      }),
    )
  })

  it('comes back from Chat Completions: what is said, what is called, why it ended, what it cost', () => {
    fc.assert(
      fc.property(answers, cuts, (answer, at) => {
        const read = foldAnswer(stream(answer, writeChat({ createdSeconds: 1, wantsUsage: true }), readChat(), at))
        expect(textOf(read)).toBe(textOf(answer))
        expect(read.parts.filter(({ kind }) => kind === 'tool_call')).toEqual(
          answer.parts.filter(({ kind }) => kind === 'tool_call'),
        )
        expect(read.usage).toEqual(answer.usage)
        expect([answer.stop, ...(endsOfChat[answer.stop ?? 'end'] ?? [])]).toContain(read.stop)
      }),
    )
  })
})

/** Chat has fewer words for an end. */
const endsOfChat: Readonly<Record<StopReason, readonly StopReason[]>> = {
  end: ['tool_use'],
  stop_sequence: ['end', 'tool_use'],
  pause_turn: ['end', 'tool_use'],
  context_exceeded: ['max_tokens'],
  max_tokens: [],
  tool_use: [],
  refusal: [],
}

function textOf(answer: Answer): string {
  return answer.parts.flatMap((one) => (one.kind === 'text' ? [one.text] : [])).join('')
}
