/**
 * The normal form of a request: what all wire formats mean, in none of their spellings. Each format reads its body into
 * it and writes its body from it, so three formats need three readers and not nine translations.
 */
export interface Prompt {
  /** System and developer messages, in order. */
  readonly system: readonly TextPart[]
  /** Turns of the two sides in alternation: equal ones in a row are merged. */
  readonly turns: readonly Turn[]
  readonly tools: readonly Tool[]
  /** Whether the provider may search the web for the model. */
  readonly maySearchWeb: boolean
  /** How often, where the client says so. */
  readonly webSearchesMax: number | null
  readonly toolChoice: ToolChoice | null
  /** Null where the client did not say. */
  readonly mayCallInParallel: boolean | null
  readonly temperature: number | null
  readonly topP: number | null
  readonly stopSequences: readonly string[]
  readonly reasoning: Reasoning | null
  readonly format: OutputFormat | null
  /** The client's own id of its end user, for the provider's abuse checks. */
  readonly endUser: string | null
}

/** `ttl` null: as long as the provider keeps it by default. */
export interface CacheMark {
  readonly ttl: '5m' | '1h' | null
}

export interface TextPart {
  readonly kind: 'text'
  readonly text: string
  readonly cache: CacheMark | null
}

export type MediaSource =
  | { readonly from: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly from: 'url'; readonly url: string }

export interface ImagePart {
  readonly kind: 'image'
  readonly source: MediaSource
  readonly cache: CacheMark | null
}

export interface DocumentPart {
  readonly kind: 'document'
  readonly source: MediaSource
  readonly name: string | null
  readonly cache: CacheMark | null
}

export interface ToolResultPart {
  readonly kind: 'tool_result'
  readonly callId: string
  readonly content: readonly (TextPart | ImagePart | DocumentPart)[]
  readonly isError: boolean
  readonly cache: CacheMark | null
}

/** What a model thought. Only signed thinking goes back to Anthropic; the text of a signed one may be empty. */
export interface ThinkingPart {
  readonly kind: 'thinking'
  readonly text: string
  readonly signature: string | null
}

export interface RedactedThinkingPart {
  readonly kind: 'redacted_thinking'
  readonly data: string
}

export interface ToolCallPart {
  readonly kind: 'tool_call'
  readonly id: string
  readonly name: string
  /** JSON, as the model wrote it. */
  readonly arguments: string
  readonly cache: CacheMark | null
  /** Google's proof of what the model thought before the call. Its newer models refuse a call that comes back without it. */
  readonly signature?: string
}

export type UserPart = TextPart | ImagePart | DocumentPart | ToolResultPart
export type AssistantPart = TextPart | ThinkingPart | RedactedThinkingPart | ToolCallPart

export type Turn =
  | { readonly role: 'user'; readonly parts: readonly UserPart[] }
  | { readonly role: 'assistant'; readonly parts: readonly AssistantPart[] }

export interface Tool {
  /** Unique among the request's tools. */
  readonly name: string
  readonly description: string | null
  readonly schema: Readonly<Record<string, unknown>>
  readonly isStrict: boolean | null
  /** OpenAI's Responses group tools: the group and the name within it. Elsewhere null. */
  readonly namespace: { readonly name: string; readonly tool: string } | null
  readonly cache: CacheMark | null
}

export type ToolChoice =
  | { readonly kind: 'auto' | 'required' | 'none' }
  | { readonly kind: 'named'; readonly name: string }

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'

/** How hard to think: as an effort, as a budget of tokens, or as the model sees fit. */
export interface Reasoning {
  readonly effort: Effort | null
  readonly budgetTokens: number | null
  readonly isAdaptive: boolean
}

export type OutputFormat =
  | { readonly kind: 'json' }
  | {
      readonly kind: 'schema'
      readonly name: string
      readonly schema: Readonly<Record<string, unknown>>
      readonly isStrict: boolean | null
    }
