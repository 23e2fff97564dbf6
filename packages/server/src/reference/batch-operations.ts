import { z } from 'zod'
import { messageBatchSchema } from '../batches/create-message-batch.ts'
import { openaiBatchSchema } from '../batches/create-openai-batch.ts'
import { messageBatchAnswer } from '../batches/describe-message-batch.ts'
import { openaiBatchAnswer } from '../batches/describe-openai-batch.ts'
import { messageBatchesQuerySchema } from '../batches/message-batch-routes.ts'
import { openaiBatchesQuerySchema } from '../batches/openai-batch-routes.ts'
import { type Operation, read, write } from './operation.ts'

const example = {
  requests: [
    {
      custom_id: 'question-1',
      params: {
        ...{ model: 'anthropic/claude-sonnet-4-5', max_tokens: 1024 },
        messages: [{ role: 'user', content: 'Why is the sky blue?' }],
      },
    },
  ],
}

const refusals = {
  '400':
    'A request cannot be sent: the message names it, as requests[17].params.model; or its model has no batch price, or the key is of the test world (batch_not_supported)',
  '402': 'Too few credits for all requests together; the message says for how many',
  '403': 'The app is suspended, or has no access to a model',
  '429': 'Too often, or too many batches are under way',
  '502': 'The provider did not take it; nothing was charged',
}

export const batchCalls: readonly Operation[] = [
  write('/v1/messages/batches', 'Batches', 'Send many requests at half their price, to be answered within a day', {
    ...{ body: messageBatchSchema, example, answer: messageBatchAnswer, failures: refusals },
  }),
  read('/v1/messages/batches', 'Batches', 'The user’s batches in this app, newest first, in pages', {
    query: messageBatchesQuerySchema,
    answer: z.object({
      data: z.array(messageBatchAnswer),
      ...{ has_more: z.boolean(), first_id: z.string().nullable(), last_id: z.string().nullable() },
    }),
  }),
  read('/v1/messages/batches/{id}', 'Batches', 'How a batch stands', { answer: messageBatchAnswer }),
  read('/v1/messages/batches/{id}/results', 'Batches', 'Its results, one JSON line for each request, in any order', {
    answersInText: 'application/octet-stream',
    failures: { '400': 'It has not ended' },
  }),
  write('/v1/messages/batches/{id}/cancel', 'Batches', 'End a batch early; what is answered by then is charged', {
    answer: messageBatchAnswer,
  }),
  {
    ...read('/v1/messages/batches/{id}', 'Batches', 'Delete a batch that has ended, and its results', {
      answer: z.object({ id: z.string(), type: z.literal('message_batch_deleted') }),
      failures: { '400': 'It has not ended, or is not settled yet' },
    }),
    method: 'delete',
  },
  write('/v1/batches', 'Batches', 'OpenAI’s Batch: send the requests of a file at half their price', {
    ...{ body: openaiBatchSchema, answer: openaiBatchAnswer },
    failures: {
      ...refusals,
      '400':
        'A line cannot be sent: the message names it and the field; or its model has no batch price, or the key is of the test world (batch_not_supported)',
    },
  }),
  read('/v1/batches', 'Batches', 'The user’s batches of files in this app, newest first, in pages', {
    query: openaiBatchesQuerySchema,
    answer: z.object({
      ...{ object: z.literal('list'), data: z.array(openaiBatchAnswer), has_more: z.boolean() },
      ...{ first_id: z.string().nullable(), last_id: z.string().nullable() },
    }),
  }),
  read('/v1/batches/{id}', 'Batches', 'How a batch of a file stands, and the files of its results', {
    answer: openaiBatchAnswer,
  }),
  write('/v1/batches/{id}/cancel', 'Batches', 'End a batch of a file early; what is answered by then is charged', {
    answer: openaiBatchAnswer,
  }),
]
