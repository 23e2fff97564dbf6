import { recordCall } from '../call-record.ts'
import { readDirectives } from '../directives.ts'
import type { Asked } from '../exchange.ts'
import { ProviderProblem, problemBody } from '../provider-problem.ts'
import { lastUserText } from '../request-text.ts'
import type { BatchItem, ItemEnd, ItemEnding } from '../running-batches.ts'
import { planAnswer, wholeMessage } from './answer-messages.ts'
import type { BatchRequest } from './check-batch.ts'

/** What a call may have and an item of a batch may not. */
const refusedFields = ['speed', 'store', 'thread', 'cache_hint', 'context_hint']

/** One request of a batch: answered by the code that answers a call, and refused by it. */
export function messageItem(batch: Asked, { customId, params }: BatchRequest): BatchItem {
  const directives = readDirectives(lastUserText(params))
  const line = (ending: ItemEnding, result: object = {}) =>
    JSON.stringify({ custom_id: customId, result: { type: ending, ...result } })
  return {
    customId,
    end(interruption): ItemEnd {
      const call = recordCall({ ...batch.call, body: params }, Date.now())
      const ending = interruption ?? directives.batchEnding
      if (ending === 'canceled' || ending === 'expired') return { ending, line: line(ending), billed: null }
      try {
        if (ending === 'errored' || directives.status !== null)
          throw new ProviderProblem(
            directives.batchStatus ?? directives.status ?? 500,
            'The stand-in fails this item as it was told.',
          )
        checkItem(params)
        const { asked, plan } = planAnswer({ ...batch, call, body: params, directives, serviceTier: 'batch' })
        const { body, output } = wholeMessage(asked, plan)
        call.outputTokens = output.tokens
        call.thinkingTokens = output.thinkingTokens
        call.status = 200
        call.isFinished = true
        return { ending: 'succeeded', line: line('succeeded', { message: body }), billed: call }
      } catch (error) {
        if (!(error instanceof ProviderProblem)) throw error
        const refusal = { error: problemBody('anthropic', error, `req_${call.id}`) }
        return { ending: 'errored', line: line('errored', refusal), billed: null }
      }
    },
  }
}

/** @throws ProviderProblem */
function checkItem(params: BatchRequest['params']): void {
  if (params.stream === true) throw new ProviderProblem(400, 'stream: streaming is not supported in message batches')
  const refused = refusedFields.find((name) => params[name] !== undefined)
  if (refused !== undefined) throw new ProviderProblem(400, `${refused}: not supported in message batches`)
}
