import { createHash } from 'node:crypto'
import { numberOf } from '../../json.ts'
import { type Asked, answerWhole, type Exchange, takePrompt, type WholeAnswer } from '../exchange.ts'
import { countTokens } from '../tokens.ts'
import { checkModel, refuse } from './check-chat.ts'
import { checkFields } from './check-fields.ts'

const dimensionsDefault = 1536
const dimensionsByModel: Readonly<Record<string, number>> = {
  'text-embedding-3-large': 3072,
  'gemini-embedding-001': 3072,
}
const inputsMax = 2048

/** OpenAI's Embeddings: the same text has the same vector, of length one. @throws ProviderProblem */
export async function answerEmbeddings(exchange: Exchange): Promise<void> {
  await answerWhole(exchange, wholeEmbeddings(exchange))
}

export function wholeEmbeddings(exchange: Asked): WholeAnswer {
  const { body, call, directives } = exchange
  checkModel(body, call.provider)
  checkFields(body, call.provider, 'embeddings')
  const inputs = readInputs(body.input)
  const most = dimensionsByModel[call.model.replace(/^models\//, '')] ?? dimensionsDefault
  const dimensions = numberOf(body.dimensions) ?? most
  if (dimensions < 1 || dimensions > most || !Number.isInteger(dimensions))
    refuse(`Invalid value for 'dimensions': must be between 1 and ${most}.`, 'dimensions', 'invalid_value')
  const isBase64 = body.encoding_format === 'base64'
  if (!isBase64 && body.encoding_format !== undefined && body.encoding_format !== 'float')
    refuse("Invalid 'encoding_format': expected 'float' or 'base64'.", 'encoding_format', 'invalid_value')
  const counted = inputs.reduce((sum, { tokens }) => sum + tokens, 0)
  const { inputTokens } = takePrompt(exchange, {
    inputTokens: counted,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
  })
  const data = inputs.map(({ text }, index) => {
    const vector = vectorOf(text, dimensions)
    return {
      object: 'embedding',
      index,
      embedding: isBase64 ? Buffer.from(vector.buffer).toString('base64') : [...vector],
    }
  })
  const read = directives.usage === 'zero' ? 0 : (directives.usageInput ?? inputTokens)
  const usage = { prompt_tokens: read, total_tokens: read }
  if (directives.usage !== 'none') call.reported = { input: read, output: 0 }
  const list = { object: 'list', model: body.model, data, ...(directives.usage === 'none' ? {} : { usage }) }
  return { body: list, output: { tokens: 0, thinkingTokens: 0 } }
}

interface EmbeddingInput {
  readonly text: string
  readonly tokens: number
}

/** One text, several, one list of tokens, or several of those. */
function readInputs(input: unknown): readonly EmbeddingInput[] {
  if (input === undefined) refuse("Missing required parameter: 'input'.", 'input', 'missing_required_parameter')
  const list = Array.isArray(input) && !isTokens(input) ? input : [input]
  if (list.length === 0 || list.length > inputsMax)
    refuse(`Invalid 'input': expected 1 to ${inputsMax} inputs.`, 'input', 'invalid_value')
  return list.map((one: unknown) => {
    if (typeof one === 'string' && one !== '') return { text: one, tokens: countTokens(one) }
    if (Array.isArray(one) && isTokens(one)) return { text: JSON.stringify(one), tokens: one.length }
    return refuse("'$.input' is invalid. Please check the API reference.", 'input', 'invalid_value')
  })
}

function isTokens(list: readonly unknown[]): boolean {
  return list.length > 0 && list.every((one) => Number.isInteger(one))
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions)
  for (let start = 0, block = 0; start < dimensions; block += 1) {
    const bytes = createHash('sha512').update(`${block} ${text}`).digest()
    for (let at = 0; at < bytes.length && start < dimensions; at += 2, start += 1)
      vector[start] = bytes.readInt16LE(at) / 32_768
  }
  const length = Math.hypot(...vector)
  return vector.map((value) => value / length)
}
