import { describe, expect, it } from 'vitest'
import { pickModels, writeSnippets } from './snippets.ts'

const models = { anthropic: 'anthropic/claude-sonnet-5', openai: 'openai/gpt-5' }
const snippets = writeSnippets('https://credits.example', 'oc_sk_abc', models)
const textOf = (id: string) => snippets.find((snippet) => snippet.id === id)?.text ?? ''

describe('writeSnippets', () => {
  it('has one for each client, each with the key', () => {
    expect(snippets.map(({ id }) => id)).toEqual([
      ...['claude-code', 'codex', 'openai', 'anthropic', 'cursor', 'cline', 'continue', 'curl'],
    ])
    for (const { text } of snippets) expect(text).toContain('oc_sk_abc')
  })

  it('gives OpenAI’s clients the address with /v1 and Anthropic’s without, as docs/clients says', () => {
    for (const id of ['codex', 'openai', 'cursor', 'cline', 'continue', 'curl'])
      expect(textOf(id)).toContain('https://credits.example/v1')
    for (const id of ['claude-code', 'anthropic']) {
      expect(textOf(id)).toContain('https://credits.example')
      expect(textOf(id)).not.toContain('/v1')
    }
  })

  it('sets the one of Claude Code’s two key variables, and a model that is there', () => {
    expect(textOf('claude-code')).toContain('ANTHROPIC_AUTH_TOKEN=oc_sk_abc')
    expect(textOf('claude-code')).not.toContain('ANTHROPIC_API_KEY')
    expect(textOf('claude-code')).toContain('ANTHROPIC_MODEL=anthropic/claude-sonnet-5')
  })

  it('is JSON that curl may send', () => {
    const body = /-d '(.+)'$/.exec(textOf('curl'))?.[1] ?? ''
    expect(JSON.parse(body)).toMatchObject({ model: 'openai/gpt-5' })
  })
})

describe('pickModels', () => {
  it.each([
    [
      ['openai/gpt-4o', 'anthropic/claude-haiku-4-5', 'anthropic/claude-sonnet-5'],
      'anthropic/claude-sonnet-5',
      'openai/gpt-4o',
    ],
    [['google/gemini-2.5-pro'], 'google/gemini-2.5-pro', 'google/gemini-2.5-pro'],
    [['anthropic/claude-haiku-4-5'], 'anthropic/claude-haiku-4-5', 'anthropic/claude-haiku-4-5'],
    [['openai/gpt-4.1', 'openai/gpt-5'], 'openai/gpt-4.1', 'openai/gpt-5'],
  ])('%j', (offered, anthropic, openai) => expect(pickModels(offered)).toEqual({ anthropic, openai }))
})
