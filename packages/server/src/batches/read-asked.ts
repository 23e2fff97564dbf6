import type { UpstreamOutcome } from '../gateway/forward.ts'
import type { Asked } from './provider-batches.ts'

/** There was no connection, so nothing has gone through it. */
const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])
const answerBytesMax = 4 * 1024 * 1024

/** Reads what a provider answered. @param parse throws for what is no such answer. */
export async function readAsked<Found>(
  upstream: UpstreamOutcome,
  parse: (value: unknown) => Found,
): Promise<Asked<Found>> {
  if (upstream.kind === 'failed' || upstream.status !== 200) return { kind: meaningOf(upstream), upstream }
  const body = await upstream.body.readWhole(answerBytesMax)
  try {
    return { kind: 'found', found: parse(JSON.parse(body?.toString('utf8') ?? '')) }
  } catch {
    return { kind: 'unknown', upstream }
  }
}

/** 529 is said at the door, and nothing is behind it. What else begins with a 5 may have been done all the same. */
export function meaningOf(upstream: UpstreamOutcome): 'refused' | 'gone' | 'missing' | 'unknown' {
  if (upstream.kind === 'failed') return neverSent.has(upstream.reason) ? 'refused' : 'unknown'
  if (upstream.status === 401 || upstream.status === 403) return 'gone'
  if (upstream.status === 404 || upstream.status === 410) return 'missing'
  return upstream.status === 529 || (upstream.status >= 400 && upstream.status < 500) ? 'refused' : 'unknown'
}
