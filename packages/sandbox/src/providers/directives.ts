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
  /** An error event after so many chunks. */
  readonly errorEventAfter: number | null
  readonly isHanging: boolean
  readonly usage: 'true' | 'none' | 'zero'
  /** Reported instead of what was used: a number, or any word that JSON has no number for. */
  readonly usageInput: number | string | null
  readonly usageOutput: number | string | null
  /** Read and written as if the prompt had been so; the record says the same. */
  readonly input: number | null
  readonly cacheRead: number | null
  readonly cacheWrite5m: number | null
  readonly cacheWrite1h: number | null
  /** Tokens of thinking before the answer. */
  readonly reasoning: number | null
  readonly stop: string | null
  readonly text: string | null
  /** Call these tools. */
  readonly tools: readonly string[]
  /** With these arguments, as JSON; without them, the smallest that fit the tool's schema. */
  readonly toolInput: unknown
}

export function readDirectives(text: string): Directives {
  const values = new Map<string, string>()
  for (const [, inside = ''] of text.matchAll(/\[\[sandbox:((?:"[^"]*"|[^"])*?)\]\]/g)) {
    for (const [, name = '', double, single, bare] of inside.matchAll(/([\w-]+)(?:=(?:"([^"]*)"|'([^']*)'|(\S+)))?/g))
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
    errorEventAfter: number('error-event-after'),
    isHanging: values.has('hang'),
    usage: values.has('no-usage') ? 'none' : values.has('zero-usage') ? 'zero' : 'true',
    usageInput: reported('usage-input'),
    usageOutput: reported('usage-output'),
    input: number('input'),
    cacheRead: number('cache-read'),
    cacheWrite5m: number('cache-write-5m'),
    cacheWrite1h: number('cache-write-1h'),
    reasoning: number('reasoning'),
    stop: values.get('stop') ?? null,
    text: values.get('text') ?? null,
    tools: values.get('tool')?.split(',') ?? [],
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
