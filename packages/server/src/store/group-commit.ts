import { tellFailure } from './store-failure.ts'
import type { WriteThrough } from './write-through.ts'

/**
 * What a committed transaction survives. `disk`: a power loss; it is written through. `process`: the death of this
 * process, not of the machine; a later `disk` commit writes it through as well.
 */
export type Durability = 'disk' | 'process'

/** Does works in one transaction, and gives their results in their order. One that throws rolls all back. */
export type CommitTogether<Work> = (works: readonly Work[]) => Promise<readonly unknown[]>

export interface GroupCommitter<Work> {
  /** Resolves, with what came of it, once the work is committed. Work that fails is rolled back alone. */
  commit<Result>(work: Work, durability: Durability): Promise<Result>
}

interface Waiting<Work> {
  readonly work: Work
  readonly durability: Durability
  resolve(result: unknown): void
  reject(error: unknown): void
}

/** More in one transaction would make the first wait for the last. */
const groupMax = 64

/**
 * What a commit costs is the wait for the disk, and for a server that is elsewhere: works that are there at the same
 * time are committed together.
 * @param writeThrough for an engine whose commit does not wait for the disk: `disk` works are answered after it.
 */
export function createGroupCommitter<Work>(
  commitTogether: CommitTogether<Work>,
  writeThrough: WriteThrough | null = null,
): GroupCommitter<Work> {
  const ways = { commitTogether, writeThrough }
  const queue: Waiting<Work>[] = []
  let isRunning = false

  const run = async (): Promise<void> => {
    while (queue.length > 0) await commitGroup(ways, queue.splice(0, groupMax))
    isRunning = false
  }
  return {
    commit: <Result>(work: Work, durability: Durability) =>
      new Promise<Result>((resolve, reject) => {
        queue.push({ work, durability, resolve: resolve as (result: unknown) => void, reject })
        if (isRunning) return
        isRunning = true
        // Not at once: what else has arrived in this turn of the loop comes along.
        setImmediate(run)
      }),
  }
}

interface Ways<Work> {
  readonly commitTogether: CommitTogether<Work>
  readonly writeThrough: WriteThrough | null
}

async function commitGroup<Work>(ways: Ways<Work>, group: readonly Waiting<Work>[]): Promise<void> {
  try {
    const results = await ways.commitTogether(group.map(({ work }) => work))
    // Nobody waits here: while the disk writes, the next group is on its way.
    const written = group.some(({ durability }) => durability === 'disk') ? ways.writeThrough?.() : undefined
    group.forEach((one, index) => {
      const answer = () => one.resolve(results[index])
      if (written === undefined || one.durability === 'process') answer()
      else written.then(answer, (error) => one.reject(tellFailure(error)))
    })
  } catch (error) {
    // One of them failed, and all were rolled back: each gets its own transaction, and its own failure.
    const [only, ...others] = group
    if (only !== undefined && others.length === 0) only.reject(error)
    else for (const one of group) await commitGroup(ways, [one])
  }
}
