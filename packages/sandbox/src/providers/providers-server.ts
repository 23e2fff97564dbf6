import express, { type NextFunction, type Request, type Response } from 'express'
import { createControlRouter } from '../http/control-router.ts'
import { answerMessages } from './anthropic/answer-messages.ts'
import { createBatchRoutes } from './anthropic/batch-routes.ts'
import { countMessageTokens } from './anthropic/count-message-tokens.ts'
import { deleteFile, downloadFile, listFiles, showFile, uploadFile } from './anthropic/file-routes.ts'
import type { AnswerCall } from './exchange.ts'
import { listModels, showModel } from './models.ts'
import { answerChat } from './openai/answer-chat.ts'
import { answerEmbeddings } from './openai/answer-embeddings.ts'
import { answerResponses } from './openai/answer-responses.ts'
import { createBatchRoutes as createOpenaiBatchRoutes } from './openai/batch-routes.ts'
import * as openaiFiles from './openai/file-routes.ts'
import { createPromptCache } from './prompt-cache.ts'
import type { ProviderControl, ProviderState } from './provider-control.ts'
import { type ProviderName, ProviderProblem, problemBody } from './provider-problem.ts'
import { isForm } from './read-form.ts'
import { type ServeDeps, serveCall, serveKept } from './serve-call.ts'

export interface ProvidersDeps {
  readonly state: ProviderState
  readonly control: ProviderControl
  readonly apiKey: string
}

/** Where each provider is; the paths go on as the provider's own do. */
export const providerPaths: Readonly<Record<ProviderName, string>> = {
  anthropic: '/anthropic',
  openai: '/openai/v1',
  google: '/gemini/v1beta/openai',
  xai: '/xai/v1',
}

const bodyLimit = '64mb'
/** https://platform.claude.com/docs/en/api/overview#request-size-limits */
const messagesLimit = '32mb'
const batchesLimit = '256mb'
const uploadLimit = '512mb'

/** The providers' APIs, one path each. */
export function createProvidersServer({ state, control, apiKey }: ProvidersDeps) {
  const app = express()
  const deps: ServeDeps = { state, apiKey, cache: createPromptCache(Date.now) }
  app.disable('x-powered-by')
  app.set('etag', false)
  app.get('/_sandbox/calls', async (_request, response) => void response.json(await control.calls()))
  app.delete('/_sandbox/calls', async (_request, response) => {
    await control.clear()
    response.status(204).end()
  })
  app.use(createControlRouter(control))
  const { anthropic } = providerPaths
  app.use(`${anthropic}/v1/messages/batches`, express.json({ limit: batchesLimit, type: () => true }))
  app.use(`${anthropic}/v1/messages`, express.json({ limit: messagesLimit, type: () => true }))
  app.use(express.raw({ limit: uploadLimit, type: isForm }))
  app.use(express.json({ limit: bodyLimit, type: (request) => !isForm(request) }))
  routeAnthropic(app, deps)
  for (const provider of ['openai', 'google', 'xai'] as const) routeOpenai(app, deps, provider)
  app.use((request: Request, response: Response) => {
    const problem = new ProviderProblem(404, `Not found: ${request.method} ${request.path}`)
    response.status(404).json(problemBody(providerOf(request), problem, 'req_none'))
  })
  app.use(answerErrors)
  return app
}

function routeAnthropic(app: express.Express, deps: ServeDeps): void {
  const base = providerPaths.anthropic
  app.post(`${base}/v1/messages`, serveCall(deps, 'anthropic', answerMessages))
  app.post(`${base}/v1/messages/count_tokens`, serveCall(deps, 'anthropic', countMessageTokens))
  app.get(`${base}/v1/models`, serveCall(deps, 'anthropic', listModels))
  app.get(`${base}/v1/models/:id`, serveCall(deps, 'anthropic', showModel))
  const kept = (answer: AnswerCall) => serveKept(deps, 'anthropic', answer)
  app.route(`${base}/v1/files`).post(kept(uploadFile)).get(kept(listFiles))
  app.route(`${base}/v1/files/:id`).get(kept(showFile)).delete(kept(deleteFile))
  app.get(`${base}/v1/files/:id/content`, kept(downloadFile))
  const batches = createBatchRoutes(deps.state)
  app.route(`${base}/v1/messages/batches`).post(kept(batches.create)).get(kept(batches.list))
  app.route(`${base}/v1/messages/batches/:id`).get(kept(batches.retrieve)).delete(kept(batches.remove))
  app.post(`${base}/v1/messages/batches/:id/cancel`, kept(batches.cancel))
  app.get(`${base}/v1/messages/batches/:id/results`, kept(batches.results))
}

function routeOpenai(app: express.Express, deps: ServeDeps, provider: ProviderName): void {
  const base = providerPaths[provider]
  app.post(`${base}/chat/completions`, serveCall(deps, provider, answerChat))
  app.post(`${base}/embeddings`, serveCall(deps, provider, answerEmbeddings))
  app.get(`${base}/models`, serveCall(deps, provider, listModels))
  app.get(`${base}/models/:id`, serveCall(deps, provider, showModel))
  // Google's OpenAI-compatible API has no Responses.
  if (provider !== 'google') app.post(`${base}/responses`, serveCall(deps, provider, answerResponses))
  if (provider !== 'openai') return
  const kept = (answer: AnswerCall) => serveKept(deps, provider, answer)
  app.route(`${base}/files`).post(kept(openaiFiles.uploadFile)).get(kept(openaiFiles.listFiles))
  app.route(`${base}/files/:id`).get(kept(openaiFiles.showFile)).delete(kept(openaiFiles.deleteFile))
  app.get(`${base}/files/:id/content`, kept(openaiFiles.downloadFile))
  const batches = createOpenaiBatchRoutes(deps.state)
  app.route(`${base}/batches`).post(kept(batches.create)).get(kept(batches.list))
  app.get(`${base}/batches/:id`, kept(batches.retrieve))
  app.post(`${base}/batches/:id/cancel`, kept(batches.cancel))
}

function providerOf(request: Request): ProviderName {
  const paths = Object.entries(providerPaths) as readonly [ProviderName, string][]
  return paths.find(([, path]) => request.path.startsWith(`${path}/`))?.[0] ?? 'openai'
}

/** A body that could not be read is the caller's fault, in the provider's words. */
function answerErrors(error: unknown, request: Request, response: Response, _next: NextFunction): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const status = error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500
  const message =
    status === 413
      ? 'Request exceeds the maximum size'
      : status < 500
        ? 'We could not parse the JSON body of your request.'
        : 'The stand-in failed.'
  response.status(status).json(problemBody(providerOf(request), new ProviderProblem(status, message), 'req_none'))
}
