import type { CatalogueEntry } from './catalogue-data.ts'

export type EffortLevel = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh'

/** What a model takes, as far as translation between formats has to know. */
export interface ModelAbilities {
  /** Anthropic: thinks by a budget of tokens, or as it sees fit; OpenAI-compatible: the efforts that it takes. */
  readonly thinking:
    | { readonly by: 'budget' | 'adaptive' }
    | { readonly by: 'effort'; readonly levels: readonly EffortLevel[] }
  /** Anthropic: it has `output_config.format`; OpenAI-compatible: `response_format` with a schema. */
  readonly hasStructuredOutput: boolean
}

type Line = readonly [pattern: RegExp, abilities: ModelAbilities]

const effort = (...levels: readonly EffortLevel[]) =>
  ({ thinking: { by: 'effort', levels }, hasStructuredOutput: true }) as const

/** The first line that fits. Newer models than these are taken for their family's newest. */
const lines: Readonly<Record<CatalogueEntry['provider'], readonly Line[]>> = {
  anthropic: [
    [
      /^claude-(3|2|instant|sonnet-4-(0|2025)|opus-4-(0|2025))/,
      { thinking: { by: 'budget' }, hasStructuredOutput: false },
    ],
    [/^claude-(sonnet-4-5|opus-4-[15]|haiku-4)/, { thinking: { by: 'budget' }, hasStructuredOutput: true }],
    [/./, { thinking: { by: 'adaptive' }, hasStructuredOutput: true }],
  ],
  openai: [
    [/^o\d/, effort('low', 'medium', 'high')],
    [/^gpt-5(-|$)/, effort('minimal', 'low', 'medium', 'high')],
    [/^gpt-5\.1/, effort('none', 'low', 'medium', 'high')],
    [/^gpt-(3|4)/, effort()],
    [/^gpt-/, effort('none', 'low', 'medium', 'high', 'xhigh')],
    [/./, effort()],
  ],
  google: [
    [/^gemini-(1|2\.0)/, effort()],
    [/./, effort('low', 'medium', 'high')],
  ],
  xai: [
    [/^grok-3-mini/, effort('low', 'high')],
    [/./, effort()],
  ],
}

export function abilitiesOf(provider: CatalogueEntry['provider'], upstreamId: string): ModelAbilities {
  const [, abilities] = lines[provider].find(([pattern]) => pattern.test(upstreamId)) ?? [null, effort()]
  return abilities
}

const order: readonly EffortLevel[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh']

/** The level nearest to the wanted one that the model takes; the lower of two. Null where it takes none. */
export function nearestEffort(abilities: ModelAbilities, wanted: EffortLevel): EffortLevel | null {
  if (abilities.thinking.by !== 'effort') return null
  const distance = (level: EffortLevel) => Math.abs(order.indexOf(level) - order.indexOf(wanted))
  return abilities.thinking.levels.toSorted((one, other) => distance(one) - distance(other))[0] ?? null
}
