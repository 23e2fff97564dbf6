/**
 * What a test asks of the stand-in, written into the last user message so that it survives any gateway:
 * `[[sandbox: tokens=500 delay=20 status=529]]`. Values may be quoted, in single quotes where they hold double ones.
 */
export interface Directives {
  /** Length of the answer. */
  readonly tokens: number | null
  /** Between two chunks of a stream. */
  readonly delayMs: number
  readonly firstByteDelayMs: number
  readonly status: number | null
  readonly retryAfter: string | null
  /** The socket is closed after so many chunks. */
  readonly cutAfter: number | null
  /** The same, in the middle of the next event. */
  readonly cutMidEvent: number | null
  /** After so many chunks one comes that is no JSON; the stream goes on. */
  readonly malformedAfter: number | null
  /** An error event after so many chunks. */
  readonly errorEventAfter: number | null
  readonly isHanging: boolean
  /** Stands still after so many chunks of a stream, until the caller leaves. */
  readonly hangAfter: number | null
  /** Stands still when all has been said and the counts are due. */
  readonly isHangingBeforeUsage: boolean
  /** The counts come so long after the last word. */
  readonly usageLateMs: number
  /** Counts so far are told in the middle of the answer, and the whole at its end. */
  readonly isUsageTwice: boolean
  /** Counts so far are told in every chunk, as Google and xAI do. */
  readonly isUsageInEveryChunk: boolean
  /** The end of a stream, with its counts, comes twice. */
  readonly isTwice: boolean
  /** Half of the answer; a stream then ends as if that were all. */
  readonly isHalf: boolean
  /** Status 200 and headers, and not one byte of the answer. */
  readonly isNever: boolean
  /** A stream is generated and billed to its end, also when the caller leaves. */
  readonly isGoingOn: boolean
  readonly usage: 'true' | 'none' | 'zero'
  /** Reported instead of what was used: a number, or any word that JSON has no number for. */
  readonly usageInput: number | string | null
  readonly usageOutput: number | string | null
  /** Read and written as if the prompt had been so; the record says the same. */
  readonly input: number | null
  readonly cacheRead: number | null
  readonly cacheWrite5m: number | null
  readonly cacheWrite1h: number | null
  /** OpenAI's, of one kind; part of the prompt and told apart from it. */
  readonly cacheWrite: number | null
  /** The prompt, the answer or both cost the most that the model's documentation allows for the request. */
  readonly isWorstInput: boolean
  readonly isWorstOutput: boolean
  /** Tokens of thinking before the answer. */
  readonly reasoning: number | null
  /** Tokens of thinking that are billed and told to nobody: before the first word, and after the last. */
  readonly thinkUnseen: number
  readonly thinkUnseenAfter: number
  /** Tokens a second of what is generated unseen: hidden thinking, and a whole answer. Without it no time passes. */
  readonly tokensPerSecond: number | null
  /** Says nothing before it calls a tool. */
  readonly isSilent: boolean
  /** Anthropic's `usage.iterations`: a list of entries, those that are the message's own filled with the true counts. */
  readonly iterations: unknown
  /** So many models decline before one answers, of those that `fallbacks` names. */
  readonly declines: number
  /** Searches of the web, as far as the tool allows them. */
  readonly searches: number | null
  /** How the counting of tokens fails, and how late it answers; a message with the same words is not touched. */
  readonly countStatus: number | null
  readonly isCountHanging: boolean
  readonly countDelayMs: number
  /** How the item of a batch ends instead of being answered; a status says what its error is. */
  readonly batchEnding: 'errored' | 'expired' | 'canceled' | null
  readonly batchStatus: number | null
  readonly stop: string | null
  readonly text: string | null
  /** Call these tools. */
  readonly tools: readonly string[]
  /** After their answers these, and after theirs the next. */
  readonly laterTools: readonly (readonly string[])[]
  /** With these arguments, as JSON; without them, the smallest that fit the tool's schema. */
  readonly toolInput: unknown
}

export function readDirectives(text: string): Directives {
  const values = new Map<string, string>()
  for (const [, inside = ''] of text.matchAll(/\[\[sandbox:((?:"[^"]*"|[^"])*?)\]\]/g)) {
    for (const [, name = '', double, single, bare] of inside.matchAll(/([\w:-]+)(?:=(?:"([^"]*)"|'([^']*)'|(\S+)))?/g))
      values.set(name, double ?? single ?? bare ?? 'true')
  }
  const number = (name: string): number | null => {
    const value = Number(values.get(name))
    return values.has(name) && Number.isFinite(value) ? value : null
  }
  const reported = (name: string): number | string | null => number(name) ?? values.get(name) ?? null
  return {
    tokens: number('tokens'),
    delayMs: number('delay') ?? 0,
    firstByteDelayMs: number('first-byte-delay') ?? 0,
    status: number('status'),
    retryAfter: values.get('retry-after') ?? null,
    cutAfter: number('cut-after'),
    cutMidEvent: number('cut-mid-event'),
    malformedAfter: number('malformed-after'),
    errorEventAfter: number('error-event-after'),
    isHanging: values.has('hang'),
    hangAfter: number('hang-after'),
    isHangingBeforeUsage: values.has('hang-before-usage'),
    usageLateMs: number('usage-late') ?? 0,
    isUsageTwice: values.has('usage-twice'),
    isUsageInEveryChunk: values.has('usage-every-chunk'),
    isTwice: values.has('twice'),
    isHalf: values.has('half'),
    isNever: values.has('never'),
    isGoingOn: values.has('goes-on'),
    usage: values.has('no-usage') || values.has('batch:no-usage') ? 'none' : values.has('zero-usage') ? 'zero' : 'true',
    usageInput: reported('usage-input'),
    usageOutput: reported('usage-output'),
    input: number('input'),
    cacheRead: number('cache-read'),
    cacheWrite5m: number('cache-write-5m'),
    cacheWrite1h: number('cache-write-1h'),
    cacheWrite: number('cache-write'),
    isWorstInput: ['true', 'input'].includes(values.get('worst') ?? ''),
    isWorstOutput: ['true', 'output'].includes(values.get('worst') ?? ''),
    reasoning: number('reasoning'),
    thinkUnseen: number('think-unseen') ?? 0,
    thinkUnseenAfter: number('think-unseen-after') ?? 0,
    tokensPerSecond: number('speed'),
    isSilent: values.has('silent'),
    iterations: parsed(values.get('iterations')),
    declines: number('declines') ?? 0,
    searches: number('searches'),
    countStatus: number('count-status'),
    isCountHanging: values.has('count-hang'),
    countDelayMs: number('count-delay') ?? 0,
    batchEnding: (['errored', 'expired', 'canceled'] as const).find((name) => values.has(`batch:${name}`)) ?? null,
    batchStatus: number('batch:errored'),
    stop: values.get('stop') ?? null,
    text: values.get('text') ?? null,
    tools: values.get('tool')?.split(',') ?? [],
    laterTools: (values.get('then')?.split(';') ?? []).map((names) => names.split(',')),
    toolInput: parsed(values.get('tool-input')),
  }
}

function parsed(json: string | undefined): unknown {
  try {
    return json === undefined ? null : JSON.parse(json)
  } catch {
    return null
  }
}

export function withoutDirectives(text: string): string {
  return text.replace(/\s*\[\[sandbox:(?:"[^"]*"|[^"])*?\]\]/g, '').trim()
}
