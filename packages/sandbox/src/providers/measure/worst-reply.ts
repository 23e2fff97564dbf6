import type { Reply } from '../compose-reply.ts'
import type { PromptUsage } from '../prompt-cache.ts'
import { fillerPieces, joinPieces, type Piece, sumTokens } from '../tokens.ts'
import type { ModelFacts } from './model-facts.ts'

const wordsPerChunk = 25

/** A reply that uses all that it may: thought unseen where the model can, said where it can not. */
export function worstReply(
  reply: Reply,
  tokensMax: number,
  { facts, mayThink }: { readonly facts: ModelFacts; readonly mayThink: boolean },
): Reply {
  const missing = tokensMax - reply.outputTokens
  if (missing <= 0) return reply
  if (mayThink) {
    const { before, after } = reply.unseen
    return {
      ...reply,
      unseen: { before: before + missing, after },
      outputTokens: tokensMax,
      thinkingTokens: reply.thinkingTokens + missing,
    }
  }
  if (reply.toolCalls.length > 0) return reply
  return {
    ...reply,
    text: [...reply.text, ...longText(missing, facts.textFactor)],
    ending: 'limit',
    outputTokens: tokensMax,
  }
}

/** Many words a chunk, each of which costs more than it looks like. */
function longText(tokens: number, factor: number): readonly Piece[] {
  const chunkTokens = Math.floor(wordsPerChunk * factor)
  const chunk = { text: joinPieces(fillerPieces(wordsPerChunk)), tokens: chunkTokens }
  const chunks: Piece[] = Array.from({ length: Math.floor(tokens / chunkTokens) }, () => chunk)
  const rest = tokens - sumTokens(chunks)
  return rest === 0 ? chunks : [...chunks, { text: joinPieces(fillerPieces(Math.ceil(rest / factor))), tokens: rest }]
}

/** A prompt that fits into the window with the answer: what is written to the cache stays, for it costs the most. */
export function fitPrompt(prompt: PromptUsage, tokensMax: number): PromptUsage {
  let left = Math.max(0, tokensMax)
  const take = (tokens: number) => {
    const taken = Math.min(tokens, left)
    left -= taken
    return taken
  }
  const cacheWrite1hTokens = take(prompt.cacheWrite1hTokens)
  const cacheWrite5mTokens = take(prompt.cacheWrite5mTokens)
  const inputTokens = take(prompt.inputTokens)
  return { inputTokens, cacheReadTokens: take(prompt.cacheReadTokens), cacheWrite5mTokens, cacheWrite1hTokens }
}
