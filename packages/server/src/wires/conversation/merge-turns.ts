import type { AssistantPart, Turn, UserPart } from './prompt.ts'

/**
 * One turn for each side in a row, as Anthropic wants them. A user turn begins with its tool results: the answers to all
 * calls of the turn before have to come first, in one turn, whatever was said between them.
 */
export function mergeTurns(turns: readonly Turn[]): readonly Turn[] {
  const merged: Turn[] = []
  for (const turn of turns) {
    if (turn.parts.length === 0) continue
    const last = merged.at(-1)
    if (last?.role === 'user' && turn.role === 'user')
      merged[merged.length - 1] = userTurn([...last.parts, ...turn.parts])
    else if (last?.role === 'assistant' && turn.role === 'assistant')
      merged[merged.length - 1] = assistantTurn([...last.parts, ...turn.parts])
    else merged.push(turn.role === 'user' ? userTurn(turn.parts) : turn)
  }
  return merged
}

function userTurn(parts: readonly UserPart[]): Turn {
  const isResult = (part: UserPart) => part.kind === 'tool_result'
  return { role: 'user', parts: [...parts.filter(isResult), ...parts.filter((part) => !isResult(part))] }
}

function assistantTurn(parts: readonly AssistantPart[]): Turn {
  return { role: 'assistant', parts }
}
