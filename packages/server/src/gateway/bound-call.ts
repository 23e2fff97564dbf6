import { boundByWindow, boundInput, type InputBound, type Prompt } from '../wires/ceiling/bound-input.ts'
import type { PdfInPrompt } from '../wires/ceiling/prompt-parts.ts'
import { readPromptParts } from '../wires/ceiling/read-prompt-parts.ts'
import type { CallToAdmit, OutgoingBody } from './admit.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { refuseUnpricedSearches } from './wish-of-call.ts'

export interface BoundedPrompt extends Prompt {
  readonly bound: InputBound
}

/** More documents than anybody reads at once; the rest counts as unreadable. */
const pdfsCountedMax = 20

/**
 * Bounds the prompt of a call, as it goes out: at once, but where pages of a PDF have to be counted.
 * @throws AppError 400 for searches that have no price.
 */
export function boundCall(
  deps: Pick<GatewayDeps, 'counter'>,
  { prepared, model, key }: CallToAdmit,
  { fields, text }: OutgoingBody,
): BoundedPrompt | Promise<BoundedPrompt> {
  const parts = readPromptParts(prepared.upstreamFormat, fields)
  refuseUnpricedSearches(parts, model)
  const bounded = (pdfPages: Prompt['pdfPages']): BoundedPrompt => {
    const prompt = { parts, model, pdfPages, bodyBytes: Buffer.byteLength(text) }
    // What is fetched is not there yet, and the bounds of a marked user's calls have failed before.
    const isOpen = prepared.documentUrls.length > 0 || key.isMarked
    return { ...prompt, bound: isOpen ? boundByWindow(prompt) : boundInput(prompt) }
  }
  return parts.pdfs.length === 0 ? bounded([]) : countPages(deps, parts.pdfs).then(bounded)
}

function countPages(deps: Pick<GatewayDeps, 'counter'>, pdfs: readonly PdfInPrompt[]) {
  return Promise.all(
    pdfs.map(({ data }, index) => (index < pdfsCountedMax ? deps.counter.countPages(data) : Promise.resolve(null))),
  )
}
