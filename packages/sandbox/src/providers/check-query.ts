import type { Request } from 'express'
import { ProviderProblem } from './provider-problem.ts'

/** The parameters of a query, each once but for lists. @throws ProviderProblem for one that there is not. */
export function checkQuery({ query }: Request, known: string): ReadonlyMap<string, readonly string[]> {
  const names = known.split(' ')
  const values = new Map<string, readonly string[]>()
  for (const [written, value] of Object.entries(query)) {
    const name = written.replace(/\[\]$/, '')
    if (!names.includes(name)) throw new ProviderProblem(400, `${written}: Extra inputs are not permitted`)
    values.set(name, [value].flat().map(String))
  }
  return values
}

/** @throws ProviderProblem for a limit that is out of its range. */
export function limitOf(values: ReadonlyMap<string, readonly string[]>, most: number, usual: number): number {
  const [written] = values.get('limit') ?? []
  const limit = written === undefined ? usual : Number(written)
  if (Number.isInteger(limit) && limit >= 1 && limit <= most) return limit
  throw new ProviderProblem(400, `limit: Input should be an integer from 1 to ${most}`, { param: 'limit' })
}
