import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { createFileBringer } from '../gateway/bring-files.ts'
import { refuseWhileStopping } from '../gateway/in-flight.ts'
import { smallBodyBytesMax } from '../http/read-body.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import { newId } from '../kernel/ids.ts'
import type { Row } from '../store/schema.ts'
import { openaiChat } from '../wires/openai-chat/index.ts'
import { openaiResponses } from '../wires/openai-responses/index.ts'
import type { BatchDeps } from './batch-deps.ts'
import { upstreamCustomId } from './batch-ids.ts'
import { createBatchRoom } from './batch-room.ts'
import type { RawItem } from './check-item.ts'
import { createBatch } from './create-batch.ts'
import { type Entered, refuseBatchInTest } from './enter.ts'
import { linesIn } from './lines-in.ts'
import { parseItem } from './parse-item.ts'
import { sendOpenaiBatch } from './send-openai-batch.ts'

const wires = { '/v1/chat/completions': openaiChat, '/v1/responses': openaiResponses } as const
const endpoints = ['/v1/chat/completions', '/v1/responses'] as const

export const openaiBatchSchema = z.strictObject({
  input_file_id: z.string().min(1).max(200).describe('a file with purpose batch: one JSON line for each request'),
  endpoint: z.enum(endpoints),
  completion_window: z.literal('24h'),
  metadata: z
    .record(z.string().max(64), z.string().max(512))
    .refine((pairs) => Object.keys(pairs).length <= 16, 'at most 16 pairs are kept')
    .nullish(),
  output_expires_after: z
    .strictObject({ anchor: z.literal('created_at'), seconds: z.number().int().min(3_600).max(2_592_000) })
    .nullish(),
})

const lineSchema = z.strictObject({
  custom_id: z.string().min(1).max(512),
  method: z.literal('POST'),
  url: z.string(),
  body: z.record(z.string(), z.unknown()),
})

/** Makes a batch of OpenAI's from a file of the user's: all that is wrong with it is said at once, and nothing is made. */
export async function createOpenaiBatch(
  deps: BatchDeps,
  { key, owner }: Entered,
  request: IncomingMessage,
): Promise<Row<'batches'>> {
  refuseWhileStopping(deps.inFlight)
  refuseBatchInTest(key)
  await deps.partners.activeById(key.partnerId)
  await deps.funds.refuseEmpty(key)
  const body = await deps.readBody(request, {
    bytesMax: smallBodyBytesMax,
    owner: { name: key.userId, isPaying: true },
  })
  let isRefused = false
  try {
    const asked = validate(openaiBatchSchema, body.takeObject())
    const file = await deps.files.require(owner, asked.input_file_id, 'input_file_id')
    if (file.purpose !== 'batch') throw wrongFile(`has the purpose ${file.purpose ?? 'none'}, and batch is expected`)
    const room = createBatchRoom(body)
    room.take(file.sizeBytes, 0, () => wrongFile('is too large'))
    const whole = await deps.files.readBytes(owner, asked.input_file_id)
    if (whole === null) throw wrongFile('has no content that could be sent')
    const { endpoint, ...rest } = asked
    const id = newId('batch')
    return await createBatch(deps, {
      ...{ id, kind: 'openai', provider: 'openai', key, headers: {}, details: JSON.stringify({ endpoint, ...rest }) },
      items: itemsOf(Buffer.from(whole.bytes.buffer, whole.bytes.byteOffset, whole.bytes.length), endpoint),
      bringFiles: createFileBringer({ files: deps.files, wire: wires[endpoint], owner, room }),
      write: ({ position, upstreamBody }) =>
        JSON.stringify({
          custom_id: upstreamCustomId(id, position),
          method: 'POST',
          url: endpoint,
          body: upstreamBody,
        }),
      send: (sending) => sendOpenaiBatch(deps.upstreams, { id, endpoint }, sending),
    })
  } catch (error) {
    isRefused = error instanceof AppError && error.status < 500
    if (isRefused) deps.funds.noteRefused(key)
    throw error
  } finally {
    body.release(isRefused)
  }
}

function wrongFile(what: string): AppError {
  return new AppError('invalid_request', `input_file_id: the file ${what}.`, { param: 'input_file_id' })
}

/** The lines of the file, parsed as they are checked. */
function* itemsOf(bytes: Buffer, endpoint: keyof typeof wires): Generator<RawItem> {
  const seen = new Set<string>()
  let model: unknown
  let position = 0
  for (const { text, number } of linesIn(bytes)) {
    const path = `line ${number}`
    const line = readLine(text, path)
    if (line.url !== endpoint) throw wrongLine(path, 'url', `the endpoint of the batch is ${endpoint}`)
    if (seen.has(line.custom_id)) throw wrongLine(path, 'custom_id', 'another line has the same')
    model ??= line.body.model
    if (line.body.model !== model) throw wrongLine(path, 'body.model', 'all lines of a batch name the same model')
    seen.add(line.custom_id)
    yield { position, customId: line.custom_id, body: line.body, wire: wires[endpoint], path: `${path}: body` }
    position += 1
  }
}

function readLine(text: Buffer, path: string): z.output<typeof lineSchema> {
  try {
    return validate(lineSchema, parseItem(text))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw new AppError('invalid_request', `${path}: ${error.message}`, { param: 'input_file_id', cause: error })
  }
}

function wrongLine(path: string, field: string, what: string): AppError {
  return new AppError('invalid_request', `${path}: ${field}: ${what}.`, { param: 'input_file_id' })
}
