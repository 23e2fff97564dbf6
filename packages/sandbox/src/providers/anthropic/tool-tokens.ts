import { type Fields, fieldsOf, listOf } from '../../json.ts'
import type { Measure } from '../measure/create-measure.ts'
import { withoutMark } from './cache-mark.ts'

/** https://platform.claude.com/docs/en/about-claude/pricing#tool-use-pricing: what a tool of Anthropic's own adds. */
const ownTools: readonly (readonly [RegExp, tokens: number])[] = [
  [/^text_editor_/, 700],
  [/^bash_/, 245],
  [/^computer_/, 735 + 499],
]

export function toolTokens(tool: unknown, measure: Measure): number {
  const type = String(fieldsOf(tool).type ?? 'custom')
  const added = ownTools.find(([pattern]) => pattern.test(type))?.[1] ?? 0
  return added + measure.text(JSON.stringify(withoutMark(tool)))
}

/** The same page: the prompt that tells a model of tools; since Opus 4.7 it is longer. */
export function toolsPromptTokens(body: Fields): number {
  if (listOf(body.tools).length === 0) return 0
  const isForced = ['any', 'tool'].includes(String(fieldsOf(body.tool_choice).type))
  const isNew = /opus-4-[78]|(opus|sonnet|haiku|fable)-5/.test(String(body.model))
  if (isNew) return isForced ? 804 : 675
  return isForced ? 313 : 346
}
