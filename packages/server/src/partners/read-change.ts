import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import type { ReadJson } from '../http/read-json.ts'
import { validate } from '../http/validate.ts'

/**
 * Reads the body of a change. A body may take half a minute to come, for as long as its sender likes, and meanwhile a member is
 * removed or a key revoked: so who calls is asked before the body, which is not for strangers to send, and again behind it.
 */
export async function readChange<Caller, Schema extends z.ZodType>(
  { readJson }: { readonly readJson: ReadJson },
  request: IncomingMessage,
  { schema, requireCaller }: { readonly schema: Schema; readonly requireCaller: () => Promise<Caller> },
): Promise<{ readonly caller: Caller; readonly asked: z.output<Schema> }> {
  await requireCaller()
  const asked = validate(schema, await readJson(request))
  return { caller: await requireCaller(), asked }
}
