import type { Asked } from '../exchange.ts'
import type { StoredFile } from '../file-shelf.ts'
import { ProviderProblem } from '../provider-problem.ts'

/** @throws ProviderProblem for a file that is not there, of another workspace, or whose time is over */
export function findFile({ shelf, call }: Pick<Asked, 'shelf' | 'call'>, id: string): StoredFile {
  const file = shelf.find(call, id)
  if (file === null) throw new ProviderProblem(404, `File \`${id}\` not found.`)
  if (shelf.isExpired(file))
    throw new ProviderProblem(404, `File \`${id}\` has expired.`, { details: { error_code: 'file_expired' } })
  return file
}
