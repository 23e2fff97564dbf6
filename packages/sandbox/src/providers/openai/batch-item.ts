import { randomBytes } from 'node:crypto'
import { type ProviderCall, recordCall } from '../call-record.ts'
import { readDirectives } from '../directives.ts'
import type { Asked, WholeAnswer } from '../exchange.ts'
import { ProviderProblem, problemBody } from '../provider-problem.ts'
import { lastUserText } from '../request-text.ts'
import type { BatchItem, ItemEnd, ItemEnding } from '../running-batches.ts'
import { wholeChat } from './answer-chat.ts'
import { wholeEmbeddings } from './answer-embeddings.ts'
import { wholeResponse } from './answer-responses.ts'
import type { BatchLine } from './read-batch-file.ts'

const answers: Readonly<Record<string, (asked: Asked) => WholeAnswer>> = {
  '/v1/chat/completions': wholeChat,
  '/v1/responses': wholeResponse,
  '/v1/embeddings': wholeEmbeddings,
}

export const batchEndpoints = Object.keys(answers)

/** Why a request of a batch has no answer at all. */
const interruptions = {
  expired: {
    code: 'batch_expired',
    message: 'This request could not be executed before the completion window expired.',
  },
  canceled: { code: 'batch_cancelled', message: 'This request was cancelled with its batch.' },
} as const

/** One line of a batch: answered by the code that answers a call, and refused by it. */
export function lineItem(batch: Asked, { customId, url, body }: BatchLine): BatchItem {
  const directives = readDirectives(lastUserText(body))
  const line = (response: object | null, error: object | null = null) =>
    JSON.stringify({
      id: `batch_req_${randomBytes(12).toString('hex')}`,
      custom_id: customId,
      response,
      error,
    })
  const answered = (call: ProviderCall, status: number, answer: unknown) =>
    line({ status_code: status, request_id: `req_${call.id}`, body: answer })
  return {
    customId,
    end(interruption): ItemEnd {
      const call = recordCall({ ...batch.call, body }, Date.now())
      const ending: ItemEnding | null = interruption ?? directives.batchEnding
      if (ending === 'canceled' || ending === 'expired')
        return { ending, line: line(null, interruptions[ending]), billed: null }
      try {
        if (ending === 'errored' || directives.status !== null)
          throw new ProviderProblem(
            directives.batchStatus ?? directives.status ?? 500,
            'The stand-in fails this item as it was told.',
          )
        if (body.stream === true)
          throw new ProviderProblem(400, 'Streaming is not supported in batches.', { param: 'stream' })
        const answer = answers[url]?.({ ...batch, call, body, directives, serviceTier: 'batch' })
        if (answer === undefined) throw new ProviderProblem(404, `There is no ${url} in batches.`)
        call.outputTokens = answer.output.tokens
        call.thinkingTokens = answer.output.thinkingTokens
        call.status = 200
        call.isFinished = true
        return { ending: 'succeeded', line: answered(call, 200, answer.body), billed: call }
      } catch (error) {
        if (!(error instanceof ProviderProblem)) throw error
        const refusal = problemBody('openai', error, `req_${call.id}`)
        return { ending: 'errored', line: answered(call, error.status, refusal), billed: null }
      }
    },
  }
}
