import { pipeline } from 'node:stream/promises'
import { type Request, type Response, Router } from 'express'
import type { ClientFiles, FileOwner, FileToKeep } from '../files/client-files.ts'
import { noSuchFile } from '../files/file-refusals.ts'
import { dialectOf } from '../http/error-dialect.ts'
import type { ReadUpload } from '../http/read-upload.ts'
import type { CreateThrottle, Throttle } from '../http/throttle.ts'
import { AppError } from '../kernel/app-error.ts'
import { dayMs } from '../kernel/clock.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { bodyOwnerOf } from './body-owner.ts'
import { choosePayer } from './choose-payer.ts'
import { anthropicFile, anthropicFiles, openaiFile, openaiFiles } from './file-answers.ts'
import { fileOwnerOf } from './file-owner.ts'
import { pageAfter, readAnthropicQuery, readOpenaiQuery } from './file-pages.ts'
import { readFileToKeep } from './file-uploads.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { refuseWhileStopping } from './in-flight.ts'

export type FileRouterDeps = Pick<
  GatewayDeps,
  'authenticator' | 'clock' | 'files' | 'funds' | 'inFlight' | 'limits' | 'partners'
> & { readonly createThrottle: CreateThrottle; readonly readUpload: ReadUpload; readonly fileBytesMax: number }

type UploadDeps = FileRouterDeps & { readonly testMegabytes: Throttle }

/** `/v1/files…`: what clients keep with us, in Anthropic's shape with `anthropic-version` and in OpenAI's without. */
export function createFileRouter(input: FileRouterDeps): Router {
  const testMegabytes = input.createThrottle({ name: 'test-files-megabytes', times: 1024, perSeconds: dayMs / 1000 })
  const deps = { ...input, testMegabytes }
  const { files } = deps
  const router = Router()
  const paths = (path: string) => [`/v1/files${path}`, `/files${path}`, `/v1/v1/files${path}`]

  router.post(paths(''), (request, response) => upload(deps, request, response))

  router.get(paths(''), async (request, response) => {
    const { owner } = await enter(deps, request, response)
    if (dialectOf(request) === 'openai') {
      response.json(openaiFiles(await files.list(owner, await readOpenaiQuery(files, owner, request.query))))
      return
    }
    const page = await files.list(owner, await readAnthropicQuery(files, owner, request.query))
    const last = page.files.at(-1)
    response.json(anthropicFiles(page, page.hasMore && last !== undefined ? pageAfter(last) : null))
  })

  router.get(paths('/:id'), async (request, response) => {
    const { owner } = await enter(deps, request, response)
    const file = await files.require(owner, idOf(request), 'file_id')
    response.json(dialectOf(request) === 'openai' ? openaiFile(file) : anthropicFile(file))
  })

  router.get(paths('/:id/content'), async (request, response) => {
    const { owner } = await enter(deps, request, response)
    await sendContent(files, owner, { id: idOf(request), request, response })
  })

  router.delete(paths('/:id'), async (request, response) => {
    const { owner } = await enter(deps, request, response)
    const id = idOf(request)
    if (!(await files.remove(owner, id))) throw noSuchFile(id, 'file_id')
    response.json(
      dialectOf(request) === 'openai' ? { id, object: 'file', deleted: true } : { id, type: 'file_deleted' },
    )
  })
  return router
}

/** Everything that can be refused by the headers is refused by them. Only who has credits may fill the disk. */
async function upload(deps: UploadDeps, request: Request, response: Response): Promise<void> {
  refuseWhileStopping(deps.inFlight)
  const { key, owner } = await enter(deps, request, response)
  await deps.partners.activeById(key.partnerId)
  await deps.funds.refuseEmpty(key)
  const sent = await deps.readUpload(request, {
    fileBytesMax: deps.fileBytesMax,
    owner: bodyOwnerOf(key, true),
  })
  let isRefused = false
  try {
    const dialect = dialectOf(request)
    const file = readFileToKeep(sent, dialect, deps.clock.nowMs())
    const added = await deps.files.add(owner, key.livemode ? file : await takeTestRoom(deps, key, file))
    response.json(dialect === 'openai' ? openaiFile(added) : anthropicFile(added))
  } catch (error) {
    isRefused = error instanceof AppError && error.status < 500
    throw error
  } finally {
    sent.release(isRefused || !key.livemode)
  }
}

const testFileMs = 7 * dayMs
const megabyte = 1024 * 1024

/** An app's test world keeps what its users upload for a week, and takes so much a day: they pay nothing for it. */
async function takeTestRoom(
  { clock, testMegabytes }: UploadDeps,
  { partnerId }: AuthenticatedKey,
  file: FileToKeep,
): Promise<FileToKeep> {
  for (let bytes = 0; bytes < file.bytes.length; bytes += megabyte) await testMegabytes.take(partnerId)
  const lastMs = clock.nowMs() + testFileMs
  return { ...file, expiresAtMs: Math.min(file.expiresAtMs ?? lastMs, lastMs) }
}

async function enter(
  deps: FileRouterDeps,
  request: Request,
  response: Response,
): Promise<{ readonly key: AuthenticatedKey; readonly owner: FileOwner }> {
  if (choosePayer(request.headers).billedTo === 'passthrough') throw passThrough()
  const key = await deps.authenticator.requireUserKey(request)
  await deps.limits.takeKey(key, response)
  if (!deps.files.isOn)
    throw new AppError('not_found', 'No files are kept here: the operator has switched it off (KEPT=off).')
  return { key, owner: fileOwnerOf(key) }
}

interface Download {
  readonly id: string
  readonly request: Request
  readonly response: Response
}

/** Whatever is in a file, a browser that is led here saves it and runs nothing. */
async function sendContent(files: ClientFiles, owner: FileOwner, { id, request, response }: Download): Promise<void> {
  const file = await files.require(owner, id, 'file_id')
  const isHead = request.method === 'HEAD'
  const content = isHead ? { sizeBytes: file.sizeBytes, bytes: nothing() } : await files.open(owner, id)
  if (content === null) throw noSuchFile(id, 'file_id')
  const { sizeBytes } = content
  const bytes = content.bytes[Symbol.asyncIterator]()
  // What cannot be read at all is said in words, and not by half an answer.
  const first = await bytes.next()
  response.attachment(file.filename)
  response.set({
    'content-type': file.mimeType.startsWith('text/') ? `${file.mimeType}; charset=utf-8` : file.mimeType,
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, no-store',
    ...(sizeBytes === null ? {} : { 'content-length': String(sizeBytes) }),
  })
  if (isHead) response.end()
  else await pipeline(wholeOf(first, bytes), response).catch((error: unknown) => endBroken(error, response))
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function* wholeOf(
  first: IteratorResult<Uint8Array>,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value
  } finally {
    // A client that leaves must not leave a file open.
    await rest.return?.()
  }
}

/** A client that leaves in the middle is no fault; of anything else the answer tells by being cut. */
function endBroken(error: unknown, response: Response): void {
  const isGone = error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'
  response.destroy()
  if (!isGone) throw error
}

function idOf(request: Request): string {
  return String(request.params.id)
}

function passThrough(): AppError {
  return new AppError(
    'invalid_request',
    'x-opencredits-key asks for pass-through, which is for Anthropic’s /v1/messages only. Files kept here belong to the user of a key: send it as X-User-Key, Authorization or x-api-key.',
    { param: 'x-opencredits-key' },
  )
}
