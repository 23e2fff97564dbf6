import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError } from '../kernel/app-error.ts'
import type { Model } from '../pricing/catalogue.ts'
import { listOf } from '../wires/ceiling/prompt-parts.ts'
import type { UpstreamBody } from '../wires/wire.ts'
import { digestOf } from './compose-answer.ts'

const dimensionsOfMost = 1536
const dimensionsByModel: Readonly<Record<string, number>> = {
  'text-embedding-3-large': 3072,
  'gemini-embedding-001': 3072,
}

/** @throws AppError 400 for a length that the model does not make. */
export function dimensionsFor({ dimensions }: UpstreamBody, model: Model): number {
  const most = dimensionsByModel[model.upstreamId] ?? dimensionsOfMost
  if (dimensions === undefined || dimensions === null) return most
  if (typeof dimensions === 'number' && Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= most)
    return dimensions
  throw new AppError('invalid_request', `dimensions: expected a whole number from 1 to ${most}.`)
}

/** Vectors of length one, the same for the same text. They come one by one, so that many hold up nobody. */
export async function* writeEmbeddings(
  { input, model, encoding_format: encoding }: UpstreamBody,
  { dimensions, usage }: { readonly dimensions: number; readonly usage: object | null },
): AsyncGenerator<string> {
  const inputs = Array.isArray(input) && typeof input[0] !== 'number' ? listOf(input) : [input]
  yield '{"object":"list","data":['
  for (const [index, one] of inputs.entries()) {
    const vector = vectorOf(JSON.stringify(one), dimensions)
    const embedding = encoding === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector]
    yield `${index === 0 ? '' : ','}${JSON.stringify({ object: 'embedding', index, embedding })}`
    await nextTurn()
  }
  yield `],"model":${JSON.stringify(model)}${usage === null ? '' : `,"usage":${JSON.stringify(usage)}`}}`
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const seed = digestOf(text)
  const vector = new Float32Array(dimensions)
  // A small generator of numbers: a digest for each dimension would take long for many long vectors.
  let state = seed.readUInt32LE(0)
  for (let at = 0; at < dimensions; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    vector[at] = state / 2 ** 31 - 1
  }
  const length = Math.hypot(...vector)
  return vector.map((value) => value / length)
}
