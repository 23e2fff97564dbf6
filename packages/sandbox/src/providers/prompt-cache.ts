import { createHash } from 'node:crypto'

export type CacheLife = '5m' | '1h'

/** One part of a prompt, in the order in which the model reads it. */
export interface Segment {
  /** What must be equal for the cache to be good. */
  readonly content: string
  readonly tokens: number
  /** The prompt is cached up to and with this part. */
  readonly cacheLife?: CacheLife | undefined
}

/** The tokens of a prompt by bucket; no token is in two. */
export interface PromptUsage {
  readonly inputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWrite5mTokens: number
  readonly cacheWrite1hTokens: number
}

export interface PromptCache {
  /** Anthropic's: what is marked is written, and read when an equal prefix comes again in time. */
  useMarked(scope: string, segments: readonly Segment[]): PromptUsage
  /** OpenAI's: equal prefixes of 1024 tokens and more are read, in steps of 128; writing costs nothing. */
  useAutomatic(scope: string, segments: readonly Segment[]): PromptUsage
}

const lifeMs: Readonly<Record<CacheLife, number>> = { '5m': 5 * 60_000, '1h': 60 * 60_000 }
const automaticLifeMs = 10 * 60_000
const automaticTokensMin = 1024
const automaticStep = 128
/** https://platform.claude.com/docs/en/build-with-claude/prompt-caching: how far before a mark an entry is looked for. */
const lookBackSegments = 20
const entriesMax = 10_000

interface Prefix {
  readonly hash: string
  readonly tokens: number
}

/** @param nowMs tells when an entry has gone cold; each reading keeps it warm. */
export function createPromptCache(nowMs: () => number): PromptCache {
  const entries = new Map<string, { untilMs: number; readonly lifeMs: number }>()

  const keep = (hash: string, life: number): void => {
    entries.delete(hash)
    entries.set(hash, { untilMs: nowMs() + life, lifeMs: life })
    const [oldest] = entries.keys()
    if (entries.size > entriesMax && oldest !== undefined) entries.delete(oldest)
  }
  const isWarm = (hash: string): boolean => (entries.get(hash)?.untilMs ?? 0) > nowMs()
  const longestWarm = (prefixes: readonly Prefix[]): number => {
    const index = prefixes.findLastIndex(({ hash }) => isWarm(hash))
    const prefix = prefixes[index]
    if (prefix === undefined) return 0
    keep(prefix.hash, entries.get(prefix.hash)?.lifeMs ?? automaticLifeMs)
    return prefix.tokens
  }

  return {
    useMarked(scope, segments) {
      const prefixes = prefixesOf(scope, segments)
      const total = prefixes.at(-1)?.tokens ?? 0
      const marks = segments.flatMap(({ cacheLife }, index) => (cacheLife === undefined ? [] : [{ index, cacheLife }]))
      const reachable = prefixes.map((prefix, index) =>
        marks.some((mark) => mark.index >= index && mark.index - index < lookBackSegments)
          ? prefix
          : { hash: '', tokens: 0 },
      )
      const read = longestWarm(reachable)
      const written = { '5m': 0, '1h': 0 }
      let covered = read
      for (const { index, cacheLife } of marks) {
        const { hash, tokens } = prefixes[index] ?? { hash: '', tokens: 0 }
        if (tokens <= covered) continue
        written[cacheLife] += tokens - covered
        covered = tokens
        keep(hash, lifeMs[cacheLife])
      }
      return {
        inputTokens: total - covered,
        cacheReadTokens: read,
        cacheWrite5mTokens: written['5m'],
        cacheWrite1hTokens: written['1h'],
      }
    },
    useAutomatic(scope, segments) {
      const prefixes = prefixesOf(scope, segments).filter(({ tokens }) => tokens >= automaticTokensMin)
      const total = segments.reduce((sum, { tokens }) => sum + tokens, 0)
      const read = Math.floor(longestWarm(prefixes) / automaticStep) * automaticStep
      for (const { hash } of prefixes) keep(hash, automaticLifeMs)
      return { inputTokens: total - read, cacheReadTokens: read, cacheWrite5mTokens: 0, cacheWrite1hTokens: 0 }
    },
  }
}

function prefixesOf(scope: string, segments: readonly Segment[]): readonly Prefix[] {
  const hash = createHash('sha256').update(scope)
  let sum = 0
  return segments.map(({ content, tokens }) => {
    sum += tokens
    hash.update(`\0${content.length}\0${content}`)
    return { hash: hash.copy().digest('base64'), tokens: sum }
  })
}
