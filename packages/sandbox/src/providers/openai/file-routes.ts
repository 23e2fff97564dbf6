import { fieldsOf } from '../../json.ts'
import { checkQuery, limitOf } from '../check-query.ts'
import type { Exchange } from '../exchange.ts'
import type { StoredFile } from '../file-shelf.ts'
import { pageOf } from '../page-of.ts'
import { ProviderProblem } from '../provider-problem.ts'
import { readForm } from '../read-form.ts'
import { answerLost, failUpload } from '../troubled-answer.ts'
import { refuse } from './check-chat.ts'
import { findFile } from './find-file.ts'

const purposes = ['assistants', 'batch', 'fine-tune', 'vision', 'user_data', 'evals']
/** What a client may have back. */
const downloadablePurposes = ['batch', 'batch_output', 'fine-tune']
const fileBytesMax = 512e6
const batchFileBytesMax = 200e6
const batchFileSecondsDefault = 30 * 24 * 3600
const expirySecondsMin = 3600
const expirySecondsMax = 30 * 24 * 3600
const listedMax = 10_000

/** `POST /v1/files`. @throws ProviderProblem */
export async function uploadFile(exchange: Exchange): Promise<void> {
  const { call, request, response, shelf } = exchange
  checkQuery(request, '')
  if (failUpload(exchange)) return
  const { file, fields } = await readForm(request)
  const known = ['purpose', 'expires_after[anchor]', 'expires_after[seconds]']
  const unknown = [...fields.keys()].find((name) => !known.includes(name))
  if (unknown !== undefined) refuse(`Unknown parameter: '${unknown}'.`, unknown, 'unknown_parameter')
  if (file === null) return refuse("'file' is a required property", 'file', 'missing_required_parameter')
  const purpose = fields.get('purpose')
  if (purpose === undefined) return refuse("'purpose' is a required property", 'purpose', 'missing_required_parameter')
  if (!purposes.includes(purpose))
    refuse(`'${purpose}' is not one of ${purposes.join(', ')}`, 'purpose', 'invalid_value')
  checkContent(file, purpose)
  const { isAnswerLost } = shelf.troubles()
  const stored = shelf.add({
    provider: call.provider,
    apiKey: call.apiKey,
    filename: file.name,
    mimeType: typeOf(file),
    bytes: Buffer.from(await file.arrayBuffer()),
    purpose,
    lifeSeconds: readExpiry(fields) ?? (purpose === 'batch' ? batchFileSecondsDefault : null),
  })
  if (isAnswerLost) return answerLost(exchange)
  response.json(describe(stored))
}

/** OpenAI goes by the name's ending where the form does not say what it is. */
const typesByEnding: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  jsonl: 'application/jsonl',
}

function typeOf({ name, type }: File): string {
  const told = type.split(';')[0] ?? ''
  const isTold = told !== '' && told !== 'application/octet-stream'
  return isTold ? told : (typesByEnding[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream')
}

function checkContent(file: File, purpose: string): void {
  if (file.size === 0) refuse('File is empty.', 'file', 'invalid_value')
  if (purpose === 'batch' && !file.name.endsWith('.jsonl'))
    refuse('Invalid file format for Batch API. Must be .jsonl', 'file', 'invalid_file_format')
  if (file.size > (purpose === 'batch' ? batchFileBytesMax : fileBytesMax))
    throw new ProviderProblem(413, 'The file is larger than its purpose allows.', { param: 'file' })
}

/** `GET /v1/files`. */
export async function listFiles({ call, request, response, shelf }: Exchange): Promise<void> {
  const query = checkQuery(request, 'after limit order purpose')
  const [order = 'desc'] = query.get('order') ?? []
  if (order !== 'asc' && order !== 'desc') refuse("'order' has to be 'asc' or 'desc'.", 'order', 'invalid_value')
  const [purpose] = query.get('purpose') ?? []
  const newestFirst = shelf
    .list(call)
    .filter((file) => !shelf.isExpired(file) && (purpose === undefined || file.purpose === purpose))
  const { page, hasMore } = pageOf(order === 'asc' ? newestFirst.toReversed() : newestFirst, {
    afterId: query.get('after')?.[0],
    limit: limitOf(query, listedMax, listedMax),
  })
  response.json({
    object: 'list',
    data: page.map(describe),
    has_more: hasMore,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  })
}

/** `GET /v1/files/{id}`. */
export async function showFile(exchange: Exchange): Promise<void> {
  exchange.response.json(describe(namedFile(exchange)))
}

/** `GET /v1/files/{id}/content`: for what batches and training read and write. */
export async function downloadFile(exchange: Exchange): Promise<void> {
  const { purpose, bytes } = namedFile(exchange)
  if (!downloadablePurposes.includes(String(purpose)))
    refuse(`Not allowed to download files of purpose: ${purpose}`, 'id', 'invalid_value')
  exchange.response.set('content-type', 'application/octet-stream').send(bytes)
}

/** `DELETE /v1/files/{id}`. */
export async function deleteFile(exchange: Exchange): Promise<void> {
  const file = namedFile(exchange)
  exchange.shelf.remove(file)
  exchange.response.json({ id: file.id, object: 'file', deleted: true })
}

function namedFile(exchange: Exchange): StoredFile {
  checkQuery(exchange.request, '')
  return findFile(exchange, String(fieldsOf(exchange.request.params).id))
}

function readExpiry(fields: ReadonlyMap<string, string>): number | null {
  const anchor = fields.get('expires_after[anchor]')
  const seconds = fields.get('expires_after[seconds]')
  if (anchor === undefined && seconds === undefined) return null
  if (anchor !== 'created_at') refuse("Invalid value: expected 'created_at'.", 'expires_after.anchor', 'invalid_value')
  return checkLife(Number(seconds), 'expires_after.seconds')
}

/** @throws ProviderProblem for a life out of its bounds */
export function checkLife(seconds: number, param: string): number {
  if (Number.isInteger(seconds) && seconds >= expirySecondsMin && seconds <= expirySecondsMax) return seconds
  return refuse(`Invalid '${param}': expected ${expirySecondsMin} to ${expirySecondsMax}.`, param, 'invalid_value')
}

function describe({ id, filename, purpose, bytes, createdAtMs, expiresAtMs }: StoredFile) {
  return {
    object: 'file',
    id,
    purpose,
    filename,
    bytes: bytes.length,
    created_at: Math.floor(createdAtMs / 1000),
    expires_at: expiresAtMs === null ? null : Math.floor(expiresAtMs / 1000),
    status: 'processed',
    status_details: null,
  }
}
