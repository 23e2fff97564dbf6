import type { SeededRandom } from './seeded-random.ts'

/** One thing that goes wrong at a time of the run. `server` counts modulo the servers there are. */
export type Fault = { readonly atMs: number } & (
  | { readonly kind: 'kill_server'; readonly server: number; readonly downMs: number }
  | { readonly kind: 'stop_server'; readonly server: number }
  | { readonly kind: 'suspend_server'; readonly server: number; readonly forMs: number }
  | { readonly kind: 'clock_jump'; readonly server: number; readonly bySeconds: number; readonly forMs: number }
  | { readonly kind: 'stall_store'; readonly forMs: number }
  | { readonly kind: 'kill_store' }
  | { readonly kind: 'store_away'; readonly forMs: number }
  | { readonly kind: 'suspend_long'; readonly server: number; readonly forMs: number }
  | { readonly kind: 'full_disk'; readonly forMs: number }
  | { readonly kind: 'upstream_fails'; readonly calls: number; readonly how: 'drop' | 'hang' | 500 | 529 }
  | { readonly kind: 'upstream_slow'; readonly forMs: number }
  | { readonly kind: 'stripe_fails'; readonly calls: number; readonly isKept: boolean }
  | { readonly kind: 'webhooks_shaped'; readonly delayMs: number; readonly copies: number; readonly forMs: number }
  | { readonly kind: 'webhooks_reordered'; readonly withinMs: number; readonly forMs: number }
  | { readonly kind: 'webhooks_held'; readonly forMs: number }
  | { readonly kind: 'webhook_again'; readonly pick: number; readonly times: number }
)

export type FaultKind = Fault['kind']

const weights: readonly (readonly [number, FaultKind])[] = [
  [8, 'kill_server'],
  [2, 'stop_server'],
  [4, 'suspend_server'],
  [3, 'clock_jump'],
  [4, 'stall_store'],
  [4, 'kill_store'],
  [2, 'full_disk'],
  [3, 'upstream_fails'],
  [2, 'upstream_slow'],
  [2, 'stripe_fails'],
  [3, 'webhooks_shaped'],
  [2, 'webhooks_reordered'],
  [2, 'webhooks_held'],
  [4, 'webhook_again'],
]

/** They take longer than a heartbeat lives, or than a settlement is tried again: only where the run may last a minute. */
const longWeights: readonly (readonly [number, FaultKind])[] = [
  [3, 'store_away'],
  [3, 'suspend_long'],
]

/** @param possible what this engine and this machine can be made to suffer. */
export function planFaults(
  random: SeededRandom,
  options: {
    readonly durationMs: number
    readonly isLong: boolean
    readonly possible: (kind: FaultKind) => boolean
  },
): readonly Fault[] {
  const kinds = [...weights, ...(options.isLong ? longWeights : [])].filter(([, kind]) => options.possible(kind))
  const faults: Fault[] = []
  for (let atMs = random.int(800, 2000); atMs < options.durationMs; atMs += random.int(250, 1200))
    faults.push({ atMs, ...drawFault(random.weighted(kinds), random) })
  return faults
}

type FaultBody = Fault extends infer One ? (One extends Fault ? Omit<One, 'atMs'> : never) : never

function drawFault(kind: FaultKind, random: SeededRandom): FaultBody {
  const server = random.int(0, 5)
  const forMs = random.int(200, 2500)
  switch (kind) {
    case 'kill_server':
      return { kind, server, downMs: random.int(0, 1500) }
    case 'stop_server':
      return { kind, server }
    case 'suspend_server':
      return { kind, server, forMs }
    case 'clock_jump':
      return { kind, server, bySeconds: random.pick([-3600, -120, -20, 20, 120, 3600, 3 * 3600]), forMs: forMs + 3000 }
    case 'stall_store':
      return { kind, forMs }
    case 'kill_store':
      return { kind }
    case 'store_away':
      return { kind, forMs: random.int(12_000, 16_000) }
    case 'suspend_long':
      return { kind, server, forMs: random.int(16_000, 24_000) }
    case 'full_disk':
      return { kind, forMs }
    case 'upstream_fails':
      return { kind, calls: random.int(1, 5), how: random.pick(['drop', 'hang', 500, 529] as const) }
    case 'upstream_slow':
      return { kind, forMs }
    case 'stripe_fails':
      return { kind, calls: random.int(1, 3), isKept: random.chance(0.5) }
    case 'webhooks_shaped':
      return { kind, delayMs: random.int(0, 800), copies: random.int(1, 5), forMs }
    case 'webhooks_reordered':
      return { kind, withinMs: random.int(100, 900), forMs }
    case 'webhooks_held':
      return { kind, forMs }
    case 'webhook_again':
      return { kind, pick: random.int(0, 1000), times: random.int(1, 8) }
  }
}
