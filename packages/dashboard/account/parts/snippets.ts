/** Ready-to-copy settings of the clients in `docs/clients`, with this installation's address and the key filled in. */

export interface Snippet {
  readonly id: string
  /** A product's own name: the same in every language. */
  readonly client: string
  /** Where it goes, as a path or a place in the client's menus. Null: into a terminal or a program. */
  readonly place: string | null
  readonly text: string
  /** The page about it in the documentation. */
  readonly docs: string
}

export interface SnippetModels {
  /** For clients that speak Anthropic's format. */
  readonly anthropic: string
  /** For those that speak OpenAI's. */
  readonly openai: string
}

/**
 * Picks a model for each family out of what this installation offers: a Claude Sonnet and a GPT where they are there,
 * else the first one, since every model answers in both formats.
 */
export function pickModels(offered: readonly string[]): SnippetModels {
  const first = offered[0] ?? 'anthropic/claude-sonnet-4-20250514'
  const find = (...patterns: readonly RegExp[]) =>
    patterns.map((pattern) => offered.find((id) => pattern.test(id))).find((id) => id !== undefined) ?? first
  return {
    anthropic: find(/claude-sonnet/, /^anthropic\//),
    openai: find(/^openai\/gpt-5$/, /^openai\/gpt-4o$/, /^openai\/gpt-/, /^openai\//),
  }
}

export function writeSnippets(origin: string, key: string, models: SnippetModels): readonly Snippet[] {
  const withVersion = `${origin}/v1`
  const snippet = (id: string, client: string, place: string | null, text: string, page = id): Snippet => ({
    id,
    client,
    place,
    text,
    docs: `/docs/clients/${page}`,
  })
  return [
    snippet(
      'claude-code',
      'Claude Code',
      null,
      `export ANTHROPIC_BASE_URL=${origin}
export ANTHROPIC_AUTH_TOKEN=${key}
export ANTHROPIC_MODEL=${models.anthropic}
claude`,
    ),
    snippet(
      'codex',
      'Codex',
      '~/.codex/config.toml',
      `# export OPENCREDITS_KEY=${key}
model = "${models.openai}"
model_provider = "opencredits"

[model_providers.opencredits]
name = "OpenCredits"
base_url = "${withVersion}"
env_key = "OPENCREDITS_KEY"
wire_api = "responses"`,
    ),
    snippet(
      'openai',
      'OpenAI SDK',
      null,
      `import OpenAI from 'openai'

const openai = new OpenAI({
  baseURL: '${withVersion}',
  apiKey: '${key}',
})
const answer = await openai.chat.completions.create({
  model: '${models.openai}',
  messages: [{ role: 'user', content: 'Why is the sky blue?' }],
})
console.log(answer.choices[0].message.content)`,
    ),
    snippet(
      'anthropic',
      'Anthropic SDK',
      null,
      `import Anthropic from '@anthropic-ai/sdk'

const anthropic = new Anthropic({
  baseURL: '${origin}',
  apiKey: '${key}',
})
const message = await anthropic.messages.create({
  model: '${models.anthropic}',
  max_tokens: 500,
  messages: [{ role: 'user', content: 'Why is the sky blue?' }],
})
console.log(message.content)`,
    ),
    snippet(
      'cursor',
      'Cursor',
      'Settings → Models → API Keys',
      `OpenAI API Key:           ${key}
Override OpenAI Base URL: ${withVersion}
Add model:                ${models.openai}`,
    ),
    snippet(
      'cline',
      'Cline',
      'Settings → API Provider → OpenAI Compatible',
      `Base URL: ${withVersion}
API Key:  ${key}
Model ID: ${models.anthropic}`,
    ),
    snippet(
      'continue',
      'Continue',
      '~/.continue/config.yaml',
      `name: OpenCredits
version: 1.0.0
schema: v1
models:
  - name: OpenCredits
    provider: openai
    model: ${models.anthropic}
    apiBase: ${withVersion}
    apiKey: ${key}`,
    ),
    snippet(
      'curl',
      'curl',
      null,
      `curl -sS ${withVersion}/chat/completions \\
  -H 'X-User-Key: ${key}' \\
  -H 'Content-Type: application/json' \\
  -d '{"model": "${models.openai}", "messages": [{"role": "user", "content": "Why is the sky blue?"}]}'`,
    ),
  ]
}
