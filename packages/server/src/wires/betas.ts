import type { IncomingHttpHeaders } from 'node:http'
import type { ClassifiedBetas } from './classification.ts'

/** The headers by which clients switch features on; each format has one. */
export type BetaHeader = 'anthropic-beta' | 'openai-beta'

const namesShownMax = 50
const nameLengthMax = 80

/** What of a header goes to the provider: the betas that its table lets pass. */
export function passingBetas(
  headers: IncomingHttpHeaders,
  header: BetaHeader,
  table: ClassifiedBetas,
): Record<string, string> {
  const names = betasOf(headers, header).filter((name) => isPassing(name, table))
  return names.length === 0 ? {} : { [header]: names.join(',') }
}

/** What of it does not, for `opencredits-ignored-betas`. */
export function ignoredBetas(
  headers: IncomingHttpHeaders,
  header: BetaHeader,
  table: ClassifiedBetas,
): readonly string[] {
  return betasOf(headers, header)
    .filter((name) => !isPassing(name, table))
    .slice(0, namesShownMax)
    .map((name) => name.slice(0, nameLengthMax).replace(/[^\w.=-]/g, '?'))
}

function isPassing(name: string, table: ClassifiedBetas): boolean {
  const verdict = table.get(name)?.verdict
  return verdict !== undefined && verdict !== 'refused'
}

function betasOf(headers: IncomingHttpHeaders, header: BetaHeader): readonly string[] {
  const value = headers[header]
  if (value === undefined) return []
  return (Array.isArray(value) ? value.join(',') : value)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}
