import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countText } from '../../counting/count-text.ts'
import type { UpstreamBody } from '../wire.ts'
import { boundInput } from './bound-input.ts'
import { countableText } from './countable-text.ts'
import { gpt, image, opus, promptOf, saysBlocks } from './test-bodies.ts'
import { writePng } from './test-media.ts'

/** Any text, and such as tokenizers have most tokens for. */
const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.constantFrom(
    '\u0001\u0002\u0003'.repeat(30),
    '𓀀𓁀𓂀'.repeat(20),
    '\\"\n\t'.repeat(30),
    '0123456789',
    '👩‍👩‍👧'.repeat(9),
  ),
)
const schema = fc.record({
  type: fc.constant('object'),
  properties: fc.dictionary(words, fc.record({ type: fc.constant('string'), description: words })),
})

/** As OpenAI counts a turn (https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken), and a tool as JSON. */
const turnTokens = 4
const answerTokens = 3

const bodies: Readonly<
  Record<'messages' | 'chat' | 'responses', (said: readonly string[], name: string, parameters: object) => UpstreamBody>
> = {
  messages: (said, name, parameters) => ({
    max_tokens: 9,
    system: said[0],
    messages: said.map((text) => ({ role: 'user', content: [{ type: 'text', text }] })),
    tools: [{ name, input_schema: parameters }],
  }),
  chat: (said, name, parameters) => ({
    messages: said.map((content) => ({ role: 'user', content })),
    tools: [{ type: 'function', function: { name, parameters } }],
  }),
  responses: (said, name, parameters) => ({
    instructions: said[0],
    input: said.map((text) => ({ role: 'user', content: [{ type: 'input_text', text }] })),
    tools: [{ type: 'function', name, parameters }],
  }),
}

const formats: readonly (keyof typeof bodies)[] = ['messages', 'chat', 'responses']

describe.each(formats)('a body of %s', (format) => {
  const write = bodies[format]
  const any = fc.tuple(fc.array(words, { minLength: 1, maxLength: 5 }), words, schema)
  const trueTokens = (said: readonly string[], name: string, parameters: object) =>
    said.reduce((sum, text) => sum + countText(text) + turnTokens, answerTokens) +
    countText(name) +
    countText(JSON.stringify(parameters))

  it(
    'is bounded by no less than what a tokenizer counts',
    () =>
      fc.assert(
        fc.property(any, ([said, name, parameters]) => {
          const prompt = promptOf(gpt, write(said, name, parameters), { format: format })
          expect(boundInput(prompt).tokens).toBeGreaterThanOrEqual(trueTokens(said, name, parameters))
        }),
        { numRuns: 100 },
      ),
    60_000,
  )

  it('is counted by no less either, and by far less than it is bounded', () => {
    fc.assert(
      fc.property(any, ([said, name, parameters]) => {
        const body = write(said, name, parameters)
        const { text, framingTokens } = countableText(body, promptOf(gpt, body, { format: format }).parts)
        expect(countText(text) + framingTokens).toBeGreaterThanOrEqual(trueTokens(said, name, parameters))
      }),
      { numRuns: 100 },
    )
    const body = write([`${'The quick brown fox jumps over the lazy dog. '.repeat(500)}`], 'a', {})
    const prompt = promptOf(gpt, body, { format: format })
    const { text, framingTokens } = countableText(body, prompt.parts)
    expect(countText(text) + framingTokens).toBeLessThan(boundInput(prompt).tokens / 3)
  }, 60_000)
})

describe('countableText', () => {
  it('leaves out media where it is media, and only there', () => {
    const data = writePng(100, 100)
    const body = saysBlocks(image(data), { type: 'text', text: data }, { type: 'text', text: 'Hi' })
    const { text } = countableText(body, promptOf(opus, body).parts)
    expect(text.split(data)).toHaveLength(2)
    expect(text).toContain('Hi')
  })
})
