/** Random numbers that a seed decides: the same seed replays the same plan. */
export interface SeededRandom {
  /** Whole, from `min` to `max`, both included. */
  int(min: number, max: number): number
  chance(probability: number): boolean
  pick<Item>(items: readonly Item[]): Item
  /** Each item comes as often as its weight says. */
  weighted<Item>(items: readonly (readonly [weight: number, item: Item])[]): Item
  /** A stream of its own, so that what one actor draws does not depend on how fast another is. */
  fork(label: string): SeededRandom
}

export function createSeededRandom(seed: number | string): SeededRandom {
  let state = hash(String(seed))
  // mulberry32: small, and good enough to choose faults.
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  const weighted = <Item>(items: readonly (readonly [number, Item])[]): Item => {
    let left = next() * items.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, item] of items) {
      left -= weight
      if (left < 0) return item
    }
    return lastOf(items)[1]
  }
  return {
    int,
    chance: (probability) => next() < probability,
    pick: (items) => items[int(0, items.length - 1)] ?? lastOf(items),
    weighted,
    fork: (label) => createSeededRandom(`${seed}/${label}`),
  }
}

function lastOf<Item>(items: readonly Item[]): Item {
  const last = items.at(-1)
  if (last === undefined) throw new Error('nothing to choose from')
  return last
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return value | 0
}
