import type { Request } from 'express'
import { ProviderProblem } from './provider-problem.ts'

/** An upload: one file and fields of text. */
export interface UploadForm {
  readonly file: File | null
  readonly fields: ReadonlyMap<string, string>
}

/** @throws ProviderProblem for a body that is no form, and for a field that comes twice. */
export async function readForm(request: Request): Promise<UploadForm> {
  const type = request.get('content-type') ?? ''
  if (!isForm(request)) throw new ProviderProblem(400, 'The request has to be multipart/form-data.')
  const fields = new Map<string, string>()
  let file: File | null = null
  for (const [name, value] of await parse(request.body, type)) {
    if (fields.has(name) || (name === 'file' && file !== null))
      throw new ProviderProblem(400, `${name}: the field comes more than once`)
    if (typeof value === 'string') fields.set(name, value)
    else if (name === 'file') file = value
    else throw new ProviderProblem(400, `${name}: Extra inputs are not permitted`)
  }
  return { file, fields }
}

export function isForm(request: { readonly headers: { readonly 'content-type'?: string | undefined } }): boolean {
  return /^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '')
}

async function parse(body: unknown, type: string): Promise<FormData> {
  try {
    if (!Buffer.isBuffer(body)) throw new Error('no body')
    return await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
  } catch {
    throw new ProviderProblem(400, 'The multipart body could not be read.')
  }
}
