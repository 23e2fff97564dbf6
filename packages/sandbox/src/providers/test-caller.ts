import type { ProviderCall, Sandbox } from '../index.ts'

/** The formats that a provider is asked in, for tests that hold for each. */
export interface Family {
  readonly name: 'anthropic' | 'openai' | 'responses' | 'google' | 'xai'
  readonly url: string
  readonly model: string
  readonly streamFields: object
}

export function familiesOf({ providers }: Sandbox): Readonly<Record<Family['name'], Family>> {
  const streamFields = { stream_options: { include_usage: true } }
  return {
    anthropic: {
      name: 'anthropic',
      url: `${providers.anthropicBaseUrl}/v1/messages`,
      model: 'claude-sonnet-4',
      streamFields: {},
    },
    openai: { name: 'openai', url: `${providers.openaiBaseUrl}/chat/completions`, model: 'gpt-4o', streamFields },
    responses: { name: 'responses', url: `${providers.openaiBaseUrl}/responses`, model: 'gpt-4o', streamFields: {} },
    google: {
      name: 'google',
      url: `${providers.geminiBaseUrl}/chat/completions`,
      model: 'gemini-2.5-pro',
      streamFields,
    },
    xai: { name: 'xai', url: `${providers.xaiBaseUrl}/chat/completions`, model: 'grok-4', streamFields },
  }
}

export interface CallOptions {
  readonly isStream?: boolean
  readonly signal?: AbortSignal
  readonly key?: string
  readonly fields?: object
  readonly headers?: Readonly<Record<string, string>>
}

/** Asks in the family's own format. */
export function createCaller(sandbox: Sandbox) {
  return (family: Family, content: string, options: CallOptions = {}): Promise<Response> => {
    const prompt = family.name === 'responses' ? { input: content } : { messages: [{ role: 'user', content }] }
    const limit = family.name === 'anthropic' ? { max_tokens: 100_000 } : {}
    return fetch(family.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${options.key ?? sandbox.providers.apiKey}`,
        'anthropic-version': '2023-06-01',
        'content-type': 'application/json',
        ...options.headers,
      },
      body: JSON.stringify({
        model: family.model,
        ...limit,
        ...prompt,
        ...(options.isStream ? { stream: true, ...family.streamFields } : {}),
        ...options.fields,
      }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
  }
}

/** All that comes of a stream, and whether it ended properly. */
export async function drain(response: Response): Promise<{ readonly text: string; readonly isCut: boolean }> {
  let text = ''
  const decoder = new TextDecoder()
  try {
    for await (const bytes of response.body ?? []) text += decoder.decode(bytes, { stream: true })
    return { text, isCut: false }
  } catch {
    return { text, isCut: true }
  }
}

export async function lastCall({ providers }: Sandbox): Promise<ProviderCall> {
  const call = (await providers.control.calls()).at(-1)
  if (call === undefined) throw new Error('no call')
  return call
}
