import { fieldsOf, listOf } from '../../json.ts'
import type { Asked } from '../exchange.ts'
import { ProviderProblem } from '../provider-problem.ts'
import { knownBetas } from './known-betas.ts'
import { blocksOf, blockType } from './read-prompt.ts'

const messageFields =
  'max_tokens messages model cache_control container diagnostics inference_geo metadata output_config service_tier speed stop_sequences stream system temperature thinking tool_choice tools top_k top_p'
const countFields = 'messages model cache_control output_config speed system thinking tool_choice tools'

/** Fields that exist with a beta only, and the betas that bring them. */
const betaFields: Readonly<Record<string, RegExp>> = {
  billing_policy: /^user-profiles-billing-/,
  compaction: /^compact-2026-09/,
  context_management: /^(context-management|compact)-/,
  fallback_credit_token: /^fallback-credit-/,
  fallbacks: /^server-side-fallback-/,
  mcp_servers: /^mcp-client-/,
  output_format: /^structured-outputs-/,
  thread: /^message-threads-/,
}
const betaFieldsOfMessages = ['fallback_credit_token', 'fallbacks', 'thread']

const toolTypes =
  /^(custom|mcp_toolset|(bash|browser_toolset|code_execution|computer|computer_toolset|memory|text_editor|web_fetch|web_search|tool_search_tool_(bm25|regex))_\d{8})$/
const advisorType = /^advisor_\d{8}$/

const blockTypes = new Set(
  'text image document search_result thinking redacted_thinking tool_use tool_result server_tool_use web_search_tool_result web_fetch_tool_result advisor_tool_result code_execution_tool_result bash_code_execution_tool_result text_editor_code_execution_tool_result tool_search_tool_result mcp_tool_use mcp_tool_result container_upload compaction tool_addition tool_removal mcp_tool_listing fallback tool_reference'.split(
    ' ',
  ),
)

/** What the API does not know it refuses, by name. @throws ProviderProblem */
export function checkFields({ header, body }: Asked, endpoint: 'messages' | 'count_tokens'): void {
  const betas = betasOf(header)
  const known = new Set((endpoint === 'messages' ? messageFields : countFields).split(' '))
  for (const name of Object.keys(body)) {
    const beta = endpoint === 'count_tokens' && betaFieldsOfMessages.includes(name) ? undefined : betaFields[name]
    if (!known.has(name) && !betas.some((one) => beta?.test(one)))
      throw new ProviderProblem(400, `${name}: Extra inputs are not permitted`)
  }
  listOf(body.tools).forEach((tool, index) => {
    const type = String(fieldsOf(tool).type ?? 'custom')
    const isAdvisor = advisorType.test(type) && betas.some((one) => one.startsWith('advisor-tool-'))
    if (!toolTypes.test(type) && !isAdvisor) refuseTag(`tools.${index}`, type)
  })
  listOf(body.messages).forEach((message, index) => {
    blocksOf(fieldsOf(message).content).forEach((block, blockIndex) => {
      const type = blockType(block)
      if (type !== '' && !blockTypes.has(type)) refuseTag(`messages.${index}.content.${blockIndex}`, type)
    })
  })
}

/** @throws ProviderProblem for a beta that there is not */
export function betasOf(header: Asked['header']): readonly string[] {
  const betas = (header('anthropic-beta') ?? '')
    .split(',')
    .map((beta) => beta.trim())
    .filter((beta) => beta !== '')
  const unknown = betas.filter((beta) => !knownBetas.has(beta)).map((beta) => `\`${beta}\``)
  if (unknown.length > 0)
    throw new ProviderProblem(
      400,
      `Unexpected value(s) ${unknown.join(', ')} for the \`anthropic-beta\` header. Please consult our documentation at docs.anthropic.com or try again without the header.`,
    )
  return betas
}

function refuseTag(place: string, type: string): never {
  throw new ProviderProblem(
    400,
    `${place}: Input tag '${type}' found using 'type' does not match any of the expected tags`,
  )
}
