import { fieldsOf } from '../../json.ts'
import { checkQuery, limitOf } from '../check-query.ts'
import type { Exchange } from '../exchange.ts'
import type { StoredFile } from '../file-shelf.ts'
import { pageOf } from '../page-of.ts'
import { ProviderProblem } from '../provider-problem.ts'
import { readForm } from '../read-form.ts'
import { answerLost, failUpload } from '../troubled-answer.ts'
import { checkVersion } from './answer-messages.ts'
import { betasOf } from './check-fields.ts'
import { findFile } from './find-file.ts'

const fileBytesMax = 500e6
const expirySecondsMin = 3600
const expirySecondsMax = 90 * 24 * 3600
const filenameLengthMax = 255
const listedDefault = 20
const listedMax = 1000
const idsMax = 100
/** From this version on, lists go by a cursor only. */
const cursorVersion = '2026-10-21'

/** `POST /v1/files`. @throws ProviderProblem */
export async function uploadFile(exchange: Exchange): Promise<void> {
  const { call, request, response, shelf } = exchange
  checkCommon(exchange, 'beta')
  if (failUpload(exchange)) return
  const { file, fields } = await readForm(request)
  const unknown = [...fields.keys()].find((name) => name !== 'expires_in_seconds')
  if (unknown === 'file') refuse('file: Expected a file with a filename')
  if (unknown !== undefined) refuse(`${unknown}: Extra inputs are not permitted`)
  if (file === null) return refuse('file: Field required')
  if (file.size > fileBytesMax) throw new ProviderProblem(413, 'File exceeds the maximum size of 500 MB.')
  const used = shelf.list(call).reduce((sum, { bytes }) => sum + bytes.length, 0)
  const { quotaBytes, isAnswerLost } = shelf.troubles()
  if (used + file.size > quotaBytes)
    throw new ProviderProblem(400, 'The file storage quota of your organization is exhausted.', {
      details: { error_code: 'storage_quota_exceeded' },
    })
  const stored = shelf.add({
    provider: call.provider,
    apiKey: call.apiKey,
    filename: nameOf(file),
    mimeType: file.type === '' ? 'application/octet-stream' : (file.type.split(';')[0] ?? ''),
    bytes: Buffer.from(await file.arrayBuffer()),
    purpose: null,
    lifeSeconds: readExpiry(fields.get('expires_in_seconds')),
  })
  if (isAnswerLost) return answerLost(exchange)
  response.json(describe(stored))
}

/** `GET /v1/files`: by cursor, and before the version that brought it by ids too. */
export async function listFiles(exchange: Exchange): Promise<void> {
  const { call, header, response, shelf } = exchange
  const isOld = String(header('anthropic-version')) < cursorVersion
  const query = checkCommon(exchange, `beta limit page ids${isOld ? ' before_id after_id' : ''}`)
  const files = shelf.list(call)
  const ids = query.get('ids')
  if (ids !== undefined) {
    if (query.has('page') || query.has('limit')) refuse('ids: not together with `page` or `limit`')
    if (new Set(ids).size > idsMax) refuse(`ids: List should have at most ${idsMax} items`)
    response.json(
      listed(
        files.filter(({ id }) => ids.includes(id)),
        false,
        isOld,
      ),
    )
    return
  }
  const [cursor] = query.get('page') ?? []
  const { page, hasMore } = pageOf(files, {
    afterId:
      query.get('after_id')?.[0] ?? (cursor === undefined ? undefined : Buffer.from(cursor, 'base64url').toString()),
    beforeId: query.get('before_id')?.[0],
    limit: limitOf(query, listedMax, listedDefault),
  })
  response.json(listed(page, hasMore, isOld))
}

function listed(page: readonly StoredFile[], hasMore: boolean, isOld: boolean) {
  const last = page.at(-1)?.id ?? null
  const cursor = hasMore && last !== null ? `${Buffer.from(last).toString('base64url')}` : null
  const both = { data: page.map(describe), next_page: cursor }
  return isOld ? { ...both, has_more: hasMore, first_id: page[0]?.id ?? null, last_id: last } : both
}

/** `GET /v1/files/{id}`: also of one that has expired. */
export async function showFile(exchange: Exchange): Promise<void> {
  checkCommon(exchange, 'beta')
  exchange.response.json(describe(namedFile(exchange)))
}

/** `GET /v1/files/{id}/content`: what a client has brought is not given back. */
export async function downloadFile(exchange: Exchange): Promise<void> {
  checkCommon(exchange, 'beta')
  const { id } = findFile(exchange, idOf(exchange))
  throw new ProviderProblem(400, `File \`${id}\` is not downloadable.`, {
    details: { error_code: 'file_not_downloadable' },
  })
}

/** `DELETE /v1/files/{id}`. */
export async function deleteFile(exchange: Exchange): Promise<void> {
  checkCommon(exchange, 'beta')
  const file = namedFile(exchange)
  exchange.shelf.remove(file)
  exchange.response.json({ id: file.id, type: 'file_deleted' })
}

function checkCommon(exchange: Exchange, known: string): ReadonlyMap<string, readonly string[]> {
  checkVersion(exchange)
  betasOf(exchange.header)
  return checkQuery(exchange.request, known)
}

function idOf({ request }: Exchange): string {
  return String(fieldsOf(request.params).id)
}

function namedFile(exchange: Exchange): StoredFile {
  const id = idOf(exchange)
  const file = exchange.shelf.find(exchange.call, id)
  if (file === null) throw new ProviderProblem(404, `File \`${id}\` not found.`)
  return file
}

function refuse(message: string): never {
  throw new ProviderProblem(400, message)
}

function readExpiry(written: string | undefined): number | null {
  if (written === undefined) return null
  const seconds = Number(written)
  if (/^\d+$/.test(written) && seconds >= expirySecondsMin && seconds <= expirySecondsMax) return seconds
  return refuse(`expires_in_seconds: Input should be an integer from ${expirySecondsMin} to ${expirySecondsMax}`)
}

/** Only the last part of a path is kept. */
function nameOf({ name }: File): string {
  const last = name.split(/[\\/]/).at(-1) ?? ''
  const isWrong = last.length > filenameLengthMax || /[<>:"|?*]/.test(last) || [...last].some(isControl)
  if (isWrong)
    refuse('file: the filename has 1 to 255 characters, none of them < > : " | ? * \\ / or a control character')
  return last === '' ? 'unnamed' : last
}

function isControl(character: string): boolean {
  return character < ' ' || character === '\u007f'
}

function describe({ id, filename, mimeType, bytes, createdAtMs, expiresAtMs }: StoredFile) {
  return {
    id,
    type: 'file',
    filename,
    mime_type: mimeType,
    size_bytes: bytes.length,
    created_at: new Date(createdAtMs).toISOString(),
    downloadable: false,
    expires_at: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
  }
}
