import { AppError } from '../../kernel/app-error.ts'
import type { Model } from '../../pricing/catalogue.ts'
import type { ParsedRequest } from '../wire.ts'
import { reasons, searchToolsOf } from './build-upstream-request.ts'

/**
 * The older search tool costs two and a half times as much with models that do not reason
 * (https://developers.openai.com/api/docs/pricing#built-in-tools), and the usage does not say which it was.
 * @throws AppError 400 that names the tool to use.
 */
export function refuseDearSearch({ body }: ParsedRequest, model: Model): void {
  const { id } = model
  if (reasons(model) || !searchToolsOf(body).some((type) => type.startsWith('web_search_preview'))) return
  throw new AppError('invalid_request', `tools: ${id} searches the web with web_search, not with web_search_preview.`, {
    param: 'tools',
  })
}
