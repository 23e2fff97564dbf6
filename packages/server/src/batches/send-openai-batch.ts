import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Upstreams } from '../gateway/forward.ts'
import { buildUpstreamHeaders } from '../wires/openai-chat/build-upstream-request.ts'
import type { Sending } from './create-batch.ts'
import { readCreatedBatch, tagName } from './openai-batches.ts'
import type { Asked, ProviderBatch } from './provider-batches.ts'
import { readAsked } from './read-asked.ts'

const fileSchema = z.looseObject({ id: z.string().min(1) })
/** An upload of many megabytes, and what the provider makes of it before it answers. */
const patienceMs = 5 * 60_000
/** OpenAI's files expire by themselves: the shortest time that is longer than any batch. */
const inputLifeSeconds = 3 * 86_400

/** Uploads the lines of a batch, and makes it. Without an answer to the upload there is no batch, so that is certain. */
export async function sendOpenaiBatch(
  upstreams: Upstreams,
  { id, endpoint }: { readonly id: string; readonly endpoint: string },
  { provider, apiKey, lines, signal }: Sending,
): Promise<Asked<ProviderBatch>> {
  const headers = buildUpstreamHeaders({}, apiKey)
  const form = formOf(id, lines)
  const uploaded = await readAsked(
    await upstreams.manage({
      ...{ provider, method: 'POST', path: '/files', body: form.body },
      headers: { ...headers, 'content-type': form.contentType },
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    }),
    (value) => fileSchema.parse(value),
  )
  if (uploaded.kind !== 'found') return uploaded.kind === 'unknown' ? { ...uploaded, kind: 'refused' } : uploaded
  return readCreatedBatch(
    await upstreams.manage({
      ...{ provider, method: 'POST', path: '/batches', headers },
      body: JSON.stringify({
        ...{ input_file_id: uploaded.found.id, endpoint, completion_window: '24h' },
        metadata: { [tagName]: id },
      }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    }),
  )
}

function formOf(id: string, lines: readonly string[]) {
  const boundary = `batch-${randomUUID()}`
  const field = (name: string, value: string) =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const head = [
    field('purpose', 'batch'),
    field('expires_after[anchor]', 'created_at'),
    field('expires_after[seconds]', String(inputLifeSeconds)),
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${id}.jsonl"\r\n`,
    'content-type: application/jsonl\r\n\r\n',
  ]
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.from(`${head.join('')}${lines.join('\n')}\n\r\n--${boundary}--\r\n`),
  }
}
