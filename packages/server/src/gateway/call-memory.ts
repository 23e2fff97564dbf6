import { z } from 'zod'
import { isKeptId, type KeptOwner, type ResponseToKeep } from '../kept/kept-content.ts'
import type { KeptResponses } from '../kept/kept-responses.ts'
import type { AnswerKeeping } from '../wires/wire.ts'

/** What a call leaves behind. */
export interface CallMemory extends AnswerKeeping {
  /** Call it when the client has its last byte: it waits for nothing. */
  keep(): void
}

type Known = Pick<ResponseToKeep, 'input' | 'previousId' | 'provider'> & Pick<AnswerKeeping, 'wantsEncryptedReasoning'>

const answered = z.looseObject({
  id: z.string().refine(isKeptId),
  status: z.enum(['completed', 'incomplete']),
  output: z.array(z.record(z.string(), z.unknown())),
})

export function createCallMemory(kept: KeptResponses, owner: KeptOwner, known: Known): CallMemory {
  let response: unknown = null
  const { wantsEncryptedReasoning, ...request } = known
  return {
    previousResponseId: known.previousId,
    wantsEncryptedReasoning,
    note(noted) {
      response = noted
    },
    keep() {
      const parsed = answered.safeParse(response)
      // One that failed or was cut by its provider has no end that anybody could continue from.
      if (!parsed.success) return
      const { output, ...envelope } = parsed.data
      kept.keep(owner, { ...request, id: envelope.id, output, envelope })
    },
  }
}
