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
  /** Asks for the request's record at once after the end. */
  readonly readsRecord: boolean
  readonly pauseBeforeMs: number
  /** The provider reports more than any model can have read, so that no ceiling covers it. */
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
]

const models = { openai: ['openai/gpt-4o', 'openai/gpt-4o-mini'], anthropic: ['anthropic/claude-sonnet-4-20250514'] }

export interface CallIdentity {
  readonly marker: string
  readonly maxTokens: number
}

export function planCall(random: SeededRandom, identity: CallIdentity): CallPlan {
  const kind = random.weighted(weights)
  const dialect = random.pick(['openai', 'anthropic'] as const)
  const isStream = isStreamOf(kind, random)
  return {
    ...identity,
    kind,
    dialect,
    model: random.pick(models[dialect]),
    isStream,
    hasTool: kind === 'tool',
    directives: directivesOf(kind, isStream, random),
    leavesAfterBytes: kind === 'leaves_stream' ? random.int(0, 9000) : null,
    leavesAfterMs: kind === 'leaves_json' ? random.int(1, 400) : null,
    readsRecord: random.chance(0.4),
    pauseBeforeMs: random.int(0, 150),
    missesCeiling: false,
  }
}

/** For a user who has little: a few of these at once come to more than is there, and each uses all that it asked for. */
export function planBigCall(random: SeededRandom, identity: CallIdentity): CallPlan {
  return {
    ...identity,
    kind: 'big',
    dialect: 'anthropic',
    model: 'anthropic/claude-opus-4-1-20250805',
    isStream: false,
    hasTool: false,
    directives: `tokens=${identity.maxTokens} first-byte-delay=${random.int(50, 250)}`,
    leavesAfterBytes: null,
    leavesAfterMs: null,
    readsRecord: false,
    pauseBeforeMs: 0,
    missesCeiling: false,
  }
}

/** For a user's last call: it comes to more than was held for it, and to more than any user of a run has. */
export function planMissedCall(random: SeededRandom, identity: CallIdentity): CallPlan {
  return {
    ...planBigCall(random, identity),
    kind: 'missed',
    isStream: random.chance(0.5),
    directives: `tokens=5 usage-input=${missedInputTokens} first-byte-delay=${random.int(0, 250)}`,
    missesCeiling: true,
  }
}

/** At 15 USD a million they cost 2 250 credits. */
const missedInputTokens = 1_500_000

function isStreamOf(kind: CallKind, random: SeededRandom): boolean {
  if (kind === 'json' || kind === 'leaves_json') return false
  if (kind === 'stream' || kind === 'leaves_stream' || kind === 'cut') return true
  return random.chance(0.5)
}

function directivesOf(kind: CallKind, isStream: boolean, random: SeededRandom): string {
  const pace = isStream ? `delay=${random.int(0, 30)}` : `first-byte-delay=${random.int(0, 300)}`
  const length = `tokens=${random.int(1, isStream ? 80 : 400)} ${pace}`
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
    default:
      return length
  }
}
