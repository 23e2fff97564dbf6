import { createCatalogue, type Model } from '../../pricing/catalogue.ts'
import { noOperatorModels } from '../../pricing/operator-models.ts'
import type { UpstreamBody, UpstreamFormatName } from '../wire.ts'
import type { Prompt } from './bound-input.ts'
import { readPromptParts } from './read-prompt-parts.ts'

/** Bodies for the tests, as they go out. */

const catalogue = createCatalogue(noOperatorModels, Date.parse('2026-11-20'))

export function model(id: string): Model {
  const found = catalogue.find(id)
  if (found === null) throw new Error(`no ${id}`)
  return found
}

export const formatOf: Readonly<Record<Model['provider'], UpstreamFormatName>> = {
  anthropic: 'messages',
  openai: 'responses',
  google: 'chat',
  xai: 'chat',
}

export function promptOf(
  of: Model,
  body: UpstreamBody,
  more: { readonly format?: UpstreamFormatName; readonly pages?: readonly (number | null)[] } = {},
): Prompt {
  const format = more.format ?? (of.kind === 'embedding' ? 'embeddings' : formatOf[of.provider])
  const bodyBytes = Buffer.byteLength(JSON.stringify(body))
  return { parts: readPromptParts(format, body), model: of, pdfPages: more.pages ?? [], bodyBytes }
}

export const opus = model('claude-opus-5')
export const haiku = model('claude-haiku-4-5')
export const gpt = model('gpt-4o')
export const gemini = model('gemini-3.5-flash')

export const saysBlocks = (...content: unknown[]) => ({ max_tokens: 100, messages: [{ role: 'user', content }] })
export const saysItems = (...content: unknown[]) => ({ input: [{ role: 'user', content }] })
export const image = (data: string) => ({ type: 'image', source: { type: 'base64', media_type: 'image/png', data } })
export const dataUrl = (type: string, data: string) => `data:${type};base64,${data}`
