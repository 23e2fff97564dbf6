import type { FurtherRunKind, RunsSeen } from '../../pricing/usage.ts'
import { property } from '../ceiling/prompt-parts.ts'

/** Follows which models a stream shows at work. */
export interface RunWatch {
  /** Nothing before `message_start` has told which model answers. */
  readonly seen: { runsSeen?: RunsSeen }
  /** @param message of `message_start` */
  begin(message: unknown): void
  /** @param block of `content_block_start` */
  note(block: unknown): void
}

export function watchRuns(): RunWatch {
  let answeredBy: string | null = null
  const begun: Record<FurtherRunKind, number> = { compaction: 0, advisor: 0, fallback: 0 }
  return {
    get seen() {
      return answeredBy === null ? {} : { runsSeen: { answeredBy, begun } }
    },
    begin(message) {
      const model = property(message, 'model')
      if (typeof model === 'string') answeredBy = model
    },
    note(block) {
      const type = property(block, 'type')
      if (type === 'compaction' || type === 'fallback') begun[type] += 1
      if (type === 'server_tool_use' && property(block, 'name') === 'advisor') begun.advisor += 1
    },
  }
}
