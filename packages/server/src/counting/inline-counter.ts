import { countTextTokens } from '../wires/count-tokens.ts'
import type { Counter } from './counter.ts'

export function createInlineCounter(): Counter {
  return {
    countText: async (text) => countTextTokens(text),
    countPages: async () => null,
    close: async () => {},
  }
}
