import { type Fields, fieldsOf, isFields, numberOf, textOf } from '../../json.ts'
import { checkQuery, limitOf } from '../check-query.ts'
import type { Exchange } from '../exchange.ts'
import { pageOf } from '../page-of.ts'
import type { ProviderState } from '../provider-control.ts'
import { ProviderProblem } from '../provider-problem.ts'
import type { Batch } from '../running-batches.ts'
import { answerLost, failAs } from '../troubled-answer.ts'
import { batchEndpoints, lineItem } from './batch-item.ts'
import { type BatchDetails, describeBatch } from './batch-shape.ts'
import { refuse } from './check-chat.ts'
import { checkLife } from './file-routes.ts'
import { type LineProblem, readBatchFile } from './read-batch-file.ts'
import { storeResults } from './store-results.ts'

const listedDefault = 20
const listedMax = 100
const known = ['input_file_id', 'endpoint', 'completion_window', 'metadata', 'output_expires_after']
const metadataMax = 16

/** OpenAI's Batches, over the batches that run here. */
export function createBatchRoutes({ batches, batchPlans, shelf }: ProviderState) {
  const details = new Map<string, BatchDetails>()
  const named = (exchange: Exchange): Batch => {
    checkQuery(exchange.request, '')
    const id = String(fieldsOf(exchange.request.params).id)
    const batch = batches.find(exchange.call, id)
    if (batch !== null) return batch
    throw new ProviderProblem(404, `No batch found with id '${id}'.`)
  }
  const show = (batch: Batch) => describeBatch(batch, details.get(batch.id))
  return {
    async create(exchange: Exchange): Promise<void> {
      const plan = batchPlans.take()
      if (failAs(exchange, plan.createFailure)) return
      const asked = readBatch(exchange.body)
      const file = shelf.find(exchange.call, asked.inputFileId)
      if (file !== null && file.purpose !== 'batch')
        refuse(`Invalid file purpose: ${file.purpose}. Expected 'batch'.`, 'input_file_id', 'invalid_purpose')
      // What is wrong with the file is told by the batch, which fails a little later.
      const { lines, problems } =
        file === null || shelf.isExpired(file)
          ? { lines: [], problems: [noFile(asked.inputFileId)] }
          : readBatchFile(file.bytes.toString(), asked.endpoint)
      const { provider, apiKey } = exchange.call
      const items = problems.length > 0 ? [] : lines.map((line) => lineItem(exchange, line))
      const detail: BatchDetails = {
        ...asked,
        problems,
        model: textOf(lines[0]?.body.model),
        outputFileId: null,
        errorFileId: null,
        usage: null,
      }
      const batch = batches.start({ provider, apiKey, plan, items }, (ended) =>
        Object.assign(detail, storeResults(shelf, ended, asked.outputLifeSeconds)),
      )
      details.set(batch.id, detail)
      if (plan.isCreateAnswerLost) return answerLost(exchange)
      exchange.response.json({ ...show(batch), status: 'validating' })
    },
    async list(exchange: Exchange): Promise<void> {
      const query = checkQuery(exchange.request, 'after limit')
      const { page, hasMore } = pageOf(batches.list(exchange.call), {
        afterId: query.get('after')?.[0],
        limit: limitOf(query, listedMax, listedDefault),
      })
      exchange.response.json({
        object: 'list',
        data: page.map(show),
        has_more: hasMore,
        first_id: page[0]?.id ?? null,
        last_id: page.at(-1)?.id ?? null,
      })
    },
    async retrieve(exchange: Exchange): Promise<void> {
      const batch = named(exchange)
      batch.looks += 1
      if (batch.looks <= batch.plan.hiddenLooks) throw new ProviderProblem(404, `No batch found with id '${batch.id}'.`)
      exchange.response.json(show(batch))
    },
    async cancel(exchange: Exchange): Promise<void> {
      const batch = named(exchange)
      if (batch.phase === 'ended')
        throw new ProviderProblem(400, `Cannot cancel a batch with status '${show(batch).status}'.`)
      batches.cancel(batch)
      exchange.response.json(show(batch))
    },
  }
}

function noFile(id: string): LineProblem {
  return { code: 'file_not_found', message: `No such File object: ${id}`, param: 'input_file_id', line: null }
}

interface AskedBatch {
  readonly inputFileId: string
  readonly endpoint: string
  readonly metadata: Fields | null
  readonly outputLifeSeconds: number | null
}

/** @throws ProviderProblem */
function readBatch(body: Fields): AskedBatch {
  const unknown = Object.keys(body).find((name) => !known.includes(name))
  if (unknown !== undefined) refuse(`Unknown parameter: '${unknown}'.`, unknown, 'unknown_parameter')
  for (const name of known.slice(0, 3))
    if (typeof body[name] !== 'string')
      refuse(`Missing required parameter: '${name}'.`, name, 'missing_required_parameter')
  const endpoint = String(body.endpoint)
  if (!batchEndpoints.includes(endpoint))
    refuse(
      `Invalid value: '${endpoint}'. Supported values are: ${batchEndpoints.join(', ')}.`,
      'endpoint',
      'invalid_value',
    )
  if (body.completion_window !== '24h')
    refuse("Invalid value for 'completion_window': expected '24h'.", 'completion_window', 'invalid_value')
  const metadata = isFields(body.metadata) ? body.metadata : null
  if (metadata !== null && Object.keys(metadata).length > metadataMax)
    refuse(`Invalid 'metadata': at most ${metadataMax} pairs.`, 'metadata', 'object_above_max_properties')
  const { anchor, seconds } = fieldsOf(body.output_expires_after)
  if (isFields(body.output_expires_after) && anchor !== 'created_at')
    refuse("Invalid value: expected 'created_at'.", 'output_expires_after.anchor', 'invalid_value')
  return {
    inputFileId: String(body.input_file_id),
    endpoint,
    metadata,
    outputLifeSeconds: isFields(body.output_expires_after)
      ? checkLife(numberOf(seconds) ?? 0, 'output_expires_after.seconds')
      : null,
  }
}
