import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { composeReply, type Question } from './compose-reply.ts'
import { readDirectives } from './directives.ts'
import { joinPieces, toPieces } from './tokens.ts'

function ask(lastUserText: string, more: Partial<Question> = {}) {
  return composeReply({
    lastUserText,
    toolResultText: null,
    toolSteps: 0,
    maxTokens: Number.POSITIVE_INFINITY,
    tools: [],
    toolChoice: 'auto',
    isParallelAllowed: true,
    stopSequences: [],
    schema: null,
    thinking: 'none',
    thinkingTokensMax: 1000,
    directives: readDirectives(lastUserText),
    ...more,
  })
}

const textOf = (reply: ReturnType<typeof ask>) => joinPieces(reply.text)
const cityTool = { name: 'look_up', schema: { type: 'object', properties: { city: { type: 'string' } } } }
const timeTool = { name: 'tell_time', schema: { type: 'object' } }

describe('composeReply', () => {
  it('talks about the question, the same every time', () => {
    const reply = ask('Why is the sky blue? [[sandbox: delay=1]]')
    expect(textOf(reply)).toContain('You asked: “Why is the sky blue?”')
    expect(textOf(reply)).not.toContain('sandbox:')
    expect(ask('Why is the sky blue? [[sandbox: delay=1]]')).toEqual(reply)
    expect(reply.ending).toBe('end')
  })

  it('talks about the user’s own words, not about what an agent adds', () =>
    expect(textOf(ask('<system-reminder>\nUse it.\n</system-reminder>\nWhy?'))).toContain('You asked: “Why?”'))

  it.each([1, 10, 40, 75, 76, 77, 200, 1000])('says exactly %d tokens when asked to', (tokens) => {
    const reply = ask(`Go [[sandbox: tokens=${tokens}]]`)
    expect(reply.outputTokens).toBe(tokens)
    expect(encode(textOf(reply))).toHaveLength(tokens)
  })

  it('counts what it says as the tokenizer does, half characters too', () => {
    const said = 'Grüße, 🙂 漢字 👩‍👩‍👧!'
    const reply = ask(`[[sandbox: text="${said}"]]`)
    expect(textOf(reply)).toBe(said)
    expect(reply.outputTokens).toBe(encode(said).length)
    expect(reply.text.every(({ text }) => !text.includes('\uFFFD'))).toBe(true)
  })

  it('takes special tokens for text', () => expect(joinPieces(toPieces('a <|endoftext|> b'))).toBe('a <|endoftext|> b'))

  it('stops at the limit, thinking included', () => {
    expect(ask('Go', { maxTokens: 5 })).toMatchObject({ ending: 'limit', outputTokens: 5 })
    const thinking = ask('Go', { maxTokens: 30, thinking: 'shown', thinkingTokensMax: 20 })
    expect(thinking).toMatchObject({ ending: 'limit', outputTokens: 30, thinkingTokens: 20 })
    expect(ask('Go [[sandbox: reasoning=50]]', { maxTokens: 30 })).toMatchObject({ thinkingTokens: 30, text: [] })
    expect(ask('Go [[sandbox: tokens=5]]', { maxTokens: 5 }).ending).toBe('end')
  })

  it('stops at the sequence that comes first', () => {
    const reply = ask('[[sandbox: text="one two three"]]', { stopSequences: ['three', ' two'] })
    expect([textOf(reply), reply.ending, reply.stopSequence]).toEqual(['one', 'stop_sequence', ' two'])
  })

  it.each<[string, string, Partial<Question>, readonly string[]]>([
    ['none when nobody asks', 'Hi', {}, []],
    ['none for a word that only sounds like one', 'Do you use look_up_all?', {}, []],
    ['none that only a reminder speaks of', '<system-reminder>Use look_up!</system-reminder> Hi', {}, []],
    ['the one that is asked for', 'Please use the look_up tool', {}, ['look_up']],
    ['both, when both are asked for', 'Use look_up and tell_time', {}, ['look_up', 'tell_time']],
    ['one, when only one is allowed', 'Use look_up and tell_time', { isParallelAllowed: false }, ['look_up']],
    ['those of the directive', 'Hi [[sandbox: tool=tell_time,look_up]]', {}, ['look_up', 'tell_time']],
    ['the first when one must be', 'Hi', { toolChoice: 'any' }, ['look_up']],
    ['the forced one', 'Hi', { toolChoice: { name: 'tell_time' } }, ['tell_time']],
    ['none when none may be', 'Use look_up', { toolChoice: 'none' }, []],
    ['none that has answered', 'Use look_up', { toolResultText: '21 degrees' }, []],
  ])('calls %s', (_label, text, more, names) => {
    const reply = ask(text, { tools: [cityTool, timeTool], ...more })
    expect(reply.toolCalls.map(({ name }) => name)).toEqual(names)
    expect(reply.ending).toBe(names.length > 0 ? 'tool' : 'end')
  })

  it('calls a tool with the arguments of the directive', () => {
    const reply = ask(`Hi [[sandbox: tool=look_up tool-input='{"city":"Turin"}']]`, { tools: [cityTool] })
    expect(reply.toolCalls.map(({ input, pieces }) => [input, joinPieces(pieces)])).toEqual([
      [{ city: 'Turin' }, '{"city":"Turin"}'],
    ])
  })

  it('streams arguments that fit the schema, and cuts them at the limit', () => {
    const [call] = ask('Use look_up', { tools: [cityTool] }).toolCalls
    expect(joinPieces(call?.pieces ?? [])).toBe('{"city":"example"}')
    expect(call?.input).toEqual({ city: 'example' })
    expect(ask('Use look_up', { tools: [cityTool], maxTokens: 2 }).ending).toBe('limit')
  })

  it('talks before it calls a tool, but not when it is told to be silent or has to call one', () => {
    expect(textOf(ask('Use look_up', { tools: [cityTool] }))).toBe('Let me see what look_up can tell.')
    expect(textOf(ask('Use look_up [[sandbox: text="One moment."]]', { tools: [cityTool] }))).toBe('One moment.')
    expect(textOf(ask('Use look_up [[sandbox: silent]]', { tools: [cityTool] }))).toBe('')
    expect(textOf(ask('Hi', { tools: [cityTool], toolChoice: 'any' }))).toBe('')
  })

  it.each([
    ['before and after the words', 'tokens=10 think-unseen=30 think-unseen-after=5', 100, [30, 5, 45, 'end']],
    ['after as far as the limit goes', 'tokens=10 think-unseen-after=500', 100, [0, 90, 100, 'limit']],
    ['before until no word is left', 'tokens=10 think-unseen=500', 100, [100, 0, 100, 'limit']],
  ] as const)('thinks unseen %s', (_name, directives, maxTokens, expected) => {
    const { unseen, outputTokens, ending, thinkingTokens } = ask(`Hi [[sandbox: ${directives}]]`, { maxTokens })
    expect([unseen.before, unseen.after, outputTokens, ending]).toEqual(expected)
    expect(thinkingTokens).toBe(unseen.before + unseen.after)
  })

  it('talks about what a tool answered', () => {
    expect(textOf(ask('Use look_up', { toolResultText: '21 degrees' }))).toContain('The tool answered: “21 degrees”')
  })

  it('answers with JSON where a schema asks for it', () => {
    expect(JSON.parse(textOf(ask('Hi', { schema: { properties: { ok: { type: 'boolean' } } } })))).toEqual({ ok: true })
  })
})
