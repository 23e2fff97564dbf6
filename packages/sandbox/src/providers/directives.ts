/**
 * What a test asks of the stand-in, written into the last user message so that it survives any gateway:
 * `[[sandbox: tokens=500 delay=20 status=529]]`. Values may be quoted.
 */
export interface Directives {
  /** Length of the answer. */
  readonly tokens: number | null
  /** Between two chunks of a stream. */
  readonly delayMs: number
  readonly firstByteDelayMs: number
  readonly status: number | null
  readonly retryAfter: string | null
  /** The socket is destroyed after so many chunks. */
  readonly cutAfter: number | null
  /** The same, in the middle of an event. */
  readonly cutMidEvent: number | null
  /** An error event after so many chunks. */
  readonly errorEventAfter: number | null
  readonly isHanging: boolean
  readonly usage: 'true' | 'none' | 'zero'
  /** Reported instead of what was used; may be absurd. */
  readonly usageInput: number | null
  readonly usageOutput: number | null
  readonly cacheRead: number
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
  readonly stop: string | null
  readonly text: string | null
  /** Call this tool. */
  readonly tool: string | null
}

export function readDirectives(text: string): Directives {
  const values = new Map<string, string>()
  for (const [, inside = ''] of text.matchAll(/\[\[sandbox:([^\]]*)\]\]/g)) {
    for (const [, name = '', quoted, bare] of inside.matchAll(/([\w-]+)(?:=(?:"([^"]*)"|(\S+)))?/g))
      values.set(name, quoted ?? bare ?? 'true')
  }
  const number = (name: string): number | null => (values.has(name) ? Number(values.get(name)) : null)
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
    usageInput: number('usage-input'),
    usageOutput: number('usage-output'),
    cacheRead: number('cache-read') ?? 0,
    cacheWrite5m: number('cache-write-5m') ?? 0,
    cacheWrite1h: number('cache-write-1h') ?? 0,
    stop: values.get('stop') ?? null,
    text: values.get('text') ?? null,
    tool: values.get('tool') ?? null,
  }
}

export function withoutDirectives(text: string): string {
  return text.replace(/\s*\[\[sandbox:[^\]]*\]\]/g, '').trim()
}
