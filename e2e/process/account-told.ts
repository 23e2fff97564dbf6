import { expect } from 'vitest'
import { operations } from '../../packages/server/src/reference/operations.ts'
import type { OwnBrowser } from './account-world.ts'
import type { ApiAnswer } from './api-client.ts'

/** Asks as a signed-in browser: an answer has what the reference tells of it, and nothing else. `seen` has the operations. */
export function createTold() {
  const seen = new Set<string>()
  async function told(
    by: Pick<OwnBrowser, 'call'>,
    method: string,
    path: string,
    body?: unknown,
    as = path,
  ): Promise<ApiAnswer> {
    const operation = operations.find((one) => one.path === as.split('?')[0] && one.method === method.toLowerCase())
    const answer = await by.call(method, path, body)
    expect([path, answer.status, answer.body]).toEqual([path, operation?.status ?? 200, expect.anything()])
    expect(operation?.answer?.parse(answer.body)).toEqual(answer.body)
    seen.add(`${method.toLowerCase()} ${operation?.path}`)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    return answer
  }
  return { told, seen }
}
