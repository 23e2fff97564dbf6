import { type Fields, fieldsOf, isFields, textOf } from '../../json.ts'

/** One line of a batch's input. */
export interface BatchLine {
  readonly customId: string
  readonly url: string
  readonly body: Fields
}

/** Why a batch does not begin; `line` counts from 1. */
export interface LineProblem {
  readonly code: string
  readonly message: string
  readonly param: string | null
  readonly line: number | null
}

const linesMax = 50_000
const problemsMax = 20

/** The requests of a batch, or all that is wrong with its file. */
export function readBatchFile(
  text: string,
  endpoint: string,
): { readonly lines: readonly BatchLine[]; readonly problems: readonly LineProblem[] } {
  const written = text.split('\n').filter((line) => line.trim() !== '')
  if (written.length === 0) return { lines: [], problems: [whole('empty_file', 'The batch file is empty.')] }
  if (written.length > linesMax)
    return { lines: [], problems: [whole('too_many_tasks', `The batch file has more than ${linesMax} requests.`)] }
  const lines: BatchLine[] = []
  const problems: LineProblem[] = []
  const seen = new Set<string>()
  for (const [index, json] of written.entries()) {
    const read = readLine(json, endpoint)
    const problem = 'code' in read ? read : problemAmong(read, { seen, model: lines[0]?.body.model })
    if (problem !== null) problems.push({ param: null, ...problem, line: index + 1 })
    else if ('customId' in read) lines.push(read)
    if ('customId' in read) seen.add(read.customId)
  }
  return { lines, problems: problems.slice(0, problemsMax) }
}

function whole(code: string, message: string): LineProblem {
  return { code, message, param: null, line: null }
}

interface Found {
  readonly code: string
  readonly message: string
  readonly param?: string
}

function readLine(json: string, endpoint: string): BatchLine | Found {
  const parsed = parse(json)
  if (!isFields(parsed)) return { code: 'invalid_json_line', message: 'This line is not parseable as valid JSON.' }
  const known = ['custom_id', 'method', 'url', 'body']
  const unknown = Object.keys(parsed).find((name) => !known.includes(name))
  if (unknown !== undefined)
    return { code: 'unknown_parameter', message: `Unknown parameter: '${unknown}'.`, param: unknown }
  const missing = known.find((name) => parsed[name] === undefined)
  if (missing !== undefined)
    return {
      code: 'missing_required_parameter',
      message: `Missing required parameter: '${missing}'.`,
      param: missing,
    }
  const { custom_id: customId, method, url, body } = parsed
  if (method !== 'POST') return { code: 'invalid_method', message: "The method has to be 'POST'.", param: 'method' }
  if (url !== endpoint)
    return { code: 'url_mismatch', message: 'The URL does not match the endpoint of the batch.', param: 'url' }
  return { customId: textOf(customId) ?? '', url, body: fieldsOf(body) }
}

/** What is wrong with a line only because of the others. */
function problemAmong(
  { customId, body }: BatchLine,
  { seen, model }: { readonly seen: ReadonlySet<string>; readonly model: unknown },
): Found | null {
  if (customId === '' || seen.has(customId))
    return {
      code: 'duplicate_custom_id',
      message: `The custom_id '${customId}' is not unique in the batch.`,
      param: 'custom_id',
    }
  if (model !== undefined && body.model !== model)
    return {
      code: 'mismatched_model',
      message: `The provided model '${String(body.model)}' does not match the model '${String(model)}' of the batch. All requests of a batch have the same model.`,
      param: 'body.model',
    }
  return null
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}
