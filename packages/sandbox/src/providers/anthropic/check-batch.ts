import { type Fields, fieldsOf, isFields } from '../../json.ts'
import { ProviderProblem } from '../provider-problem.ts'

export interface BatchRequest {
  readonly customId: string
  readonly params: Fields
}

const requestsMax = 100_000

/** The requests of a batch; what is in their `params` is looked at later. @throws ProviderProblem */
export function checkBatch(body: Fields): readonly BatchRequest[] {
  refuseUnknown(body, ['requests'], '')
  const { requests } = body
  if (requests === undefined) refuse('requests: Field required')
  if (!Array.isArray(requests)) return refuse('requests: Input should be a valid list')
  if (requests.length === 0) refuse('requests: List should have at least 1 item after validation, not 0')
  if (requests.length > requestsMax)
    refuse(`requests: List should have at most ${requestsMax} items after validation, not ${requests.length}`)
  const seen = new Set<string>()
  return requests.map((request: unknown, index) => {
    const place = `requests.${index}`
    if (!isFields(request)) refuse(`${place}: Input should be a valid dictionary`)
    refuseUnknown(fieldsOf(request), ['custom_id', 'params'], `${place}.`)
    const { custom_id: customId, params } = fieldsOf(request)
    if (typeof customId !== 'string') return refuse(`${place}.custom_id: Field required`)
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(customId))
      refuse(`${place}.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'`)
    if (seen.has(customId)) refuse(`${place}.custom_id: The custom_id "${customId}" is not unique in the batch`)
    seen.add(customId)
    if (!isFields(params)) return refuse(`${place}.params: Field required`)
    return { customId, params }
  })
}

function refuseUnknown(fields: Fields, known: readonly string[], place: string): void {
  const unknown = Object.keys(fields).find((name) => !known.includes(name))
  if (unknown !== undefined) refuse(`${place}${unknown}: Extra inputs are not permitted`)
}

function refuse(message: string): never {
  throw new ProviderProblem(400, message)
}
