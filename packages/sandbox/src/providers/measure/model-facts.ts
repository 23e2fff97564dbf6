/**
 * What the providers document about their models, kept apart from the server's own tables on purpose: a figure that is
 * wrong in one of them shows.
 */
export interface ModelFacts {
  /** Tokens of prompt and answer together. */
  readonly contextWindow: number
  readonly outputTokensMax: number
  /** May think without telling: `always`, or when a request asks for it. */
  readonly thinking: 'always' | 'asked' | 'never'
  /** Tokens a second that it is known to reach. No provider documents one: rounded up from published measurements. */
  readonly tokensPerSecond: number
  /** Tokens of a text against those of o200k_base, which OpenAI's models count by. */
  readonly textFactor: number
}

type Row = readonly [id: RegExp, facts: Partial<ModelFacts>]

const million = 1_000_000

/** https://platform.claude.com/docs/en/about-claude/models/overview */
const anthropic: readonly Row[] = [
  [/fable|opus-5-5/, { contextWindow: million, outputTokensMax: 128_000, thinking: 'always' }],
  [/opus-(4-[678]|5)|(sonnet|haiku)-5/, { contextWindow: million, outputTokensMax: 128_000 }],
  [/sonnet-4-6/, { contextWindow: million }],
  [/opus-4(-1)?(-\d{8})?$/, { outputTokensMax: 32_000 }],
]

/** https://developers.openai.com/api/docs/models */
const openai: readonly Row[] = [
  [/^gpt-5\.[4-9](?!-(mini|nano))/, { contextWindow: 1_050_000 }],
  [/^gpt-4\.1/, { contextWindow: 1_047_576, outputTokensMax: 32_768, thinking: 'never' }],
  [/^gpt-4o/, { contextWindow: 128_000, outputTokensMax: 16_384, thinking: 'never' }],
  [/^o\d/, { contextWindow: 200_000, outputTokensMax: 100_000 }],
]

/** https://docs.x.ai/docs/models: the window is the only limit of an answer. */
const xai: readonly Row[] = [
  [/^grok-3-mini/, { contextWindow: 131_072, outputTokensMax: 131_072 }],
  [/^grok-3/, { contextWindow: 131_072, outputTokensMax: 131_072, thinking: 'never' }],
  [/^grok-4(-0709)?$|^grok-code/, { contextWindow: 256_000, outputTokensMax: 256_000 }],
]

const families = {
  // "Opus 4.7 and later use a new tokenizer … up to 1.35× as many tokens": /docs/en/about-claude/models/migration-guide
  anthropic: {
    rows: anthropic,
    otherwise: {
      contextWindow: 200_000,
      outputTokensMax: 64_000,
      thinking: 'asked',
      tokensPerSecond: 150,
      textFactor: 1.35,
    },
  },
  openai: {
    rows: openai,
    otherwise: {
      contextWindow: 400_000,
      outputTokensMax: 128_000,
      thinking: 'always',
      tokensPerSecond: 250,
      textFactor: 1,
    },
  },
  // https://ai.google.dev/gemini-api/docs/models
  google: {
    rows: [],
    otherwise: {
      contextWindow: 1_048_576,
      outputTokensMax: 65_536,
      thinking: 'always',
      tokensPerSecond: 400,
      textFactor: 1.2,
    },
  },
  xai: {
    rows: xai,
    otherwise: {
      contextWindow: 500_000,
      outputTokensMax: 500_000,
      thinking: 'always',
      tokensPerSecond: 250,
      textFactor: 1.2,
    },
  },
} as const satisfies Readonly<Record<string, { readonly rows: readonly Row[]; readonly otherwise: ModelFacts }>>

export function factsOf(model: string): ModelFacts {
  const id = model.replace(/^models\//, '')
  const { rows, otherwise } = families[familyOf(id)]
  return { ...otherwise, ...rows.find(([pattern]) => pattern.test(id))?.[1] }
}

export function familyOf(model: string): keyof typeof families {
  if (/^claude-/.test(model)) return 'anthropic'
  if (/^(models\/)?(gemini|gemma)-/.test(model)) return 'google'
  return /^grok-/.test(model) ? 'xai' : 'openai'
}
