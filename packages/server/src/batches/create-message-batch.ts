import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { createFileBringer } from '../gateway/bring-files.ts'
import { refuseWhileStopping } from '../gateway/in-flight.ts'
import { sayIgnoredBetas } from '../gateway/say-ignored-betas.ts'
import { answerObject } from '../http/answer.ts'
import { aiBodyBytesMax } from '../http/read-body.ts'
import { parseJsonObject, type RequestBody } from '../http/request-body.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import { newId } from '../kernel/ids.ts'
import { buildUpstreamHeaders } from '../wires/anthropic-messages/build-upstream-request.ts'
import { anthropicMessages } from '../wires/anthropic-messages/index.ts'
import { messagesRequestSchema } from '../wires/anthropic-messages/parse-request.ts'
import { readCreated } from './anthropic-batches.ts'
import type { BatchDeps } from './batch-deps.ts'
import { upstreamCustomId } from './batch-ids.ts'
import { createBatchRoom } from './batch-room.ts'
import type { RawItem } from './check-item.ts'
import { createBatch, tooMany } from './create-batch.ts'
import { describeMessageBatch } from './describe-message-batch.ts'
import { enter, refuseBatchInTest } from './enter.ts'
import { parseItem } from './parse-item.ts'
import { splitAtArray } from './split-array.ts'

const customId = z
  .string()
  .regex(/^[a-zA-Z0-9_-]{1,64}$/, 'one to 64 of the characters a–z, A–Z, 0–9, _ and - are expected')

/** As the reference describes it. */
export const messageBatchSchema = z.object({
  requests: z.array(z.object({ custom_id: customId, params: messagesRequestSchema })).min(1),
})

const restSchema = z.strictObject({ requests: z.array(z.unknown()) })
const itemSchema = z.strictObject({ custom_id: customId, params: z.record(z.string(), z.unknown()) })

/** Requests are parsed one by one, so there may be more values than in one call: twenty megabytes of the smallest. */
const nodesMax = 5_000_000
/** An upload of fifty megabytes, and what the provider makes of it before it answers. */
const patienceMs = 5 * 60_000

/** `POST /v1/messages/batches` */
export async function createMessageBatch(
  deps: BatchDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  refuseWhileStopping(deps.inFlight)
  sayIgnoredBetas(anthropicMessages, request, response)
  const { key, owner } = await enter(deps, request, response)
  refuseBatchInTest(key)
  await deps.partners.activeById(key.partnerId)
  await deps.funds.refuseEmpty(key)
  const body = await deps.readBody(request, {
    ...{ bytesMax: aiBodyBytesMax, nodesMax, owner: { name: key.userId, isPaying: true } },
  })
  let isRefused = false
  try {
    // It goes out written anew, and is there twice meanwhile.
    body.growBy(body.length)
    const id = newId('msgbatch')
    const batch = await createBatch(deps, {
      ...{ id, kind: 'messages', provider: 'anthropic', key, headers: request.headers, details: '{}' },
      items: await readItems(deps, body),
      bringFiles: createFileBringer({
        ...{ files: deps.files, wire: anthropicMessages, owner, room: createBatchRoom(body) },
      }),
      write: ({ position, upstreamBody }) =>
        JSON.stringify({ custom_id: upstreamCustomId(id, position), params: upstreamBody }),
      send: async ({ provider, apiKey, lines, signal }) =>
        readCreated(
          await deps.upstreams.manage({
            ...{ provider, method: 'POST', path: '/v1/messages/batches', body: `{"requests":[${lines.join(',')}]}` },
            headers: buildUpstreamHeaders(request.headers, apiKey),
            signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
          }),
        ),
    })
    answerObject(response, 200, {}, describeMessageBatch(batch, { ...deps, nowMs: deps.clock.nowMs() }))
  } catch (error) {
    isRefused = error instanceof AppError && error.status < 500
    if (isRefused) deps.funds.noteRefused(key)
    throw error
  } finally {
    body.release(isRefused)
  }
}

async function readItems({ batchLimits }: BatchDeps, body: RequestBody): Promise<Iterable<RawItem>> {
  const long = { member: 'requests', elementsMax: batchLimits.requestsMax, tooMany }
  const { rest, elements } = await splitAtArray(body.take(), long)
  validate(restSchema, parseJsonObject(rest))
  return itemsOf(elements)
}

function* itemsOf(elements: readonly Buffer[]): Generator<RawItem> {
  const seen = new Map<string, number>()
  for (const [position, element] of elements.entries()) {
    const path = `requests[${position}]`
    const item = readItem(element, path)
    const first = seen.get(item.custom_id)
    if (first !== undefined)
      throw new AppError('invalid_request', `${path}.custom_id: the same as of requests[${first}].`, {
        param: `${path}.custom_id`,
      })
    seen.set(item.custom_id, position)
    yield { position, customId: item.custom_id, body: item.params, wire: anthropicMessages, path: `${path}.params` }
  }
}

function readItem(element: Buffer, path: string): z.output<typeof itemSchema> {
  try {
    return validate(itemSchema, parseItem(element))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const { param, message } = error
    throw new AppError('invalid_request', param === null ? `${path}: ${message}` : `${path}.${message}`, {
      param: param === null ? path : `${path}.${param}`,
      cause: error,
    })
  }
}
