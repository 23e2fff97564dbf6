import { type MediaPlan, planMedia } from './media.ts'
import type { SeededRandom } from './seeded-random.ts'

/** One call that a user will make, decided before it is made. */
export interface CallPlan {
  /** In the prompt, so that the provider's record of the call can be found. */
  readonly marker: string
  /** Asked for by no other call of the run, so that the request's row can be found though the client was told nothing. */
  readonly maxTokens: number
  readonly kind: CallKind
  readonly dialect: 'openai' | 'anthropic'
  readonly model: string
  readonly isStream: boolean
  readonly hasTool: boolean
  readonly directives: string
  /** The client closes the connection after so many bytes, or so many milliseconds. */
  readonly leavesAfterBytes: number | null
  readonly leavesAfterMs: number | null
  /** … or when it has read this word. */
  readonly leavesAfterWord: string | null
  readonly media: readonly MediaPlan[]
  /** `max_uses` of Anthropic's web search. */
  readonly searchesMax: number | null
  /** Asks an Anthropic model to think; others do it unasked, or not at all. */
  readonly asksToThink: boolean
  /** The model may think without telling, so that nobody but its provider knows what a call has come to. */
  readonly mayThinkUnseen: boolean
  /** Asks for the request's record at once after the end. */
  readonly readsRecord: boolean
  readonly pauseBeforeMs: number
  /** The provider reports more input than any model can read, so no ceiling covers it. */
  readonly missesCeiling: boolean
}

export type CallKind =
  | 'stream'
  | 'json'
  | 'tool'
  | 'cached'
  | 'leaves_stream'
  | 'leaves_json'
  | 'refused'
  | 'cut'
  | 'hang'
  | 'no_usage'
  | 'big'
  | 'missed'
  | 'worst'
  | 'thinks'
  | 'leaves_thinking'
  | 'leaves_before_usage'
  | 'hangs_before_usage'

const weights: readonly (readonly [number, CallKind])[] = [
  [28, 'stream'],
  [18, 'json'],
  [8, 'tool'],
  [8, 'cached'],
  [12, 'leaves_stream'],
  [4, 'leaves_json'],
  [6, 'refused'],
  [7, 'cut'],
  [2, 'hang'],
  [5, 'no_usage'],
  [10, 'worst'],
  [8, 'thinks'],
  [10, 'leaves_thinking'],
  [5, 'leaves_before_usage'],
  [2, 'hangs_before_usage'],
]

const thinkers = {
  openai: ['openai/gpt-5', 'openai/gpt-5-mini', 'google/gemini-2.5-pro'],
  anthropic: ['anthropic/claude-opus-4-6'],
}
const models = { openai: ['openai/gpt-4o', 'openai/gpt-4o-mini'], anthropic: ['anthropic/claude-sonnet-4-20250514'] }

export interface CallIdentity {
  readonly marker: string
  readonly maxTokens: number
}

export function planCall(random: SeededRandom, identity: CallIdentity): CallPlan {
  const kind = random.weighted(weights)
  const dialect = random.pick(['openai', 'anthropic'] as const)
  const isStream = isStreamOf(kind, random)
  const isThinker = thinkingKinds.includes(kind) || (kind === 'leaves_before_usage' && random.chance(0.5))
  return {
    ...identity,
    ...plain,
    kind,
    dialect,
    model: random.pick((isThinker ? thinkers : models)[dialect]),
    isStream,
    hasTool: kind === 'tool',
    directives: directivesOf(kind, isStream, isThinker ? random.int(20, 160) : 0, random),
    leavesAfterBytes: kind === 'leaves_stream' ? random.int(0, 9000) : null,
    leavesAfterMs: leavesAfterMs(kind, random),
    leavesAfterWord: kind === 'leaves_before_usage' ? lastWord : null,
    media: kind === 'worst' && random.chance(0.8) ? [planMedia(random)] : [],
    searchesMax: kind === 'worst' && dialect === 'anthropic' && random.chance(0.15) ? random.int(1, 3) : null,
    asksToThink: isThinker && dialect === 'anthropic',
    mayThinkUnseen: isThinker,
    readsRecord: random.chance(0.4),
    pauseBeforeMs: random.int(0, 150),
  }
}

const thinkingKinds: readonly CallKind[] = ['thinks', 'leaves_thinking', 'hangs_before_usage']

const plain = {
  leavesAfterBytes: null,
  leavesAfterMs: null,
  leavesAfterWord: null,
  media: [],
  searchesMax: null,
  asksToThink: false,
  mayThinkUnseen: false,
  missesCeiling: false,
} as const

/** Before the first byte, in the thinking, or after: as it comes. */
function leavesAfterMs(kind: CallKind, random: SeededRandom): number | null {
  if (kind === 'leaves_json') return random.int(1, 400)
  return kind === 'leaves_thinking' ? random.int(1, 2500) : null
}

/** For a user who has little: a few of these at once come to more than is there, and each uses all that it asked for. */
export function planBigCall(random: SeededRandom, identity: CallIdentity): CallPlan {
  return {
    ...identity,
    ...plain,
    kind: 'big',
    dialect: 'anthropic',
    model: 'anthropic/claude-opus-4-1-20250805',
    isStream: false,
    hasTool: false,
    directives: `tokens=${identity.maxTokens} first-byte-delay=${random.int(50, 250)}`,
    readsRecord: false,
    pauseBeforeMs: 0,
  }
}

/** Plans a user's last call: it costs more than its hold, and more than any user of a run has. */
export function planMissedCall(random: SeededRandom, identity: CallIdentity): CallPlan {
  return {
    ...planBigCall(random, identity),
    kind: 'missed',
    isStream: random.chance(0.5),
    directives: `tokens=5 usage-input=${missedInputTokens} first-byte-delay=${random.int(0, 250)}`,
    missesCeiling: true,
  }
}

/** At 15 USD a million they cost 7 500 credits. */
const missedInputTokens = 5_000_000

const alwaysStreams: readonly CallKind[] = [
  'stream',
  'leaves_stream',
  'cut',
  'leaves_before_usage',
  'hangs_before_usage',
]

function isStreamOf(kind: CallKind, random: SeededRandom): boolean {
  if (kind === 'json' || kind === 'leaves_json') return false
  if (alwaysStreams.includes(kind)) return true
  return random.chance(0.5)
}

/** What a client reads last that leaves before the counts. */
const lastWord = 'farewell'
/** Slower than any model's known top, and a provider that says nothing for longer than it is waited for is hung up on. */
const tokensPerSecond = 120

function directivesOf(kind: CallKind, isStream: boolean, thought: number, random: SeededRandom): string {
  const pace = isStream ? `delay=${random.int(0, 30)}` : `first-byte-delay=${random.int(0, 300)}`
  const length = `tokens=${random.int(1, isStream ? 80 : 400)} ${pace}`
  const thinking = `think-unseen=${thought} think-unseen-after=${random.int(0, thought)} speed=${tokensPerSecond}`
  switch (kind) {
    case 'tool':
      return `tool=look_up ${pace}`
    case 'cached':
      return `${length} input=${random.int(20, 400)} cache-read=${random.int(20, 400)}`
    case 'leaves_stream':
      return `tokens=${random.int(20, 200)} delay=${random.int(0, 20)}`
    case 'leaves_json':
      return `tokens=50 first-byte-delay=${random.int(0, 400)}`
    case 'refused':
      return `status=${random.pick([400, 404, 429, 500, 503, 529])}`
    case 'cut':
      return `${length} ${random.pick(['cut-after', 'cut-mid-event', 'error-event-after'])}=${random.int(1, 20)}`
    case 'hang':
      return 'hang'
    case 'no_usage':
      return `${length} no-usage`
    case 'worst':
      // What streams would have to be waited for until it has thought to its limit.
      return isStream ? `${length} worst=input` : `${length} worst speed=100000`
    case 'thinks':
    case 'leaves_thinking':
      return `tokens=${random.int(1, 40)} ${pace} ${thinking} ${random.pick(['', 'usage-twice', 'twice', 'usage-late=200'])}`
    case 'leaves_before_usage':
      return `text="One word more, and ${lastWord} it is." usage-late=${random.int(100, 1200)} ${thinking}`
    case 'hangs_before_usage':
      return `tokens=${random.int(1, 40)} ${thinking} hang-before-usage`
    default:
      return length
  }
}
