/** Exact counts cost us work before anything is paid: each key has only so many at a time. */
export interface CountTurns {
  /**
   * Runs a count when it is the key's turn.
   * @returns null when the deadline passes first, in the queue or in the count.
   */
  run(
    keyId: string,
    deadlineMs: number,
    count: (deadline: AbortSignal) => Promise<number | null>,
  ): Promise<number | null>
}

interface Queue {
  running: number
  readonly waiting: Set<() => void>
}

export function createCountTurns(atOncePerKey = 4): CountTurns {
  const queues = new Map<string, Queue>()

  const leave = (keyId: string, queue: Queue): void => {
    const [next] = queue.waiting
    if (next !== undefined) {
      queue.waiting.delete(next)
      next()
      return
    }
    queue.running -= 1
    if (queue.running === 0) queues.delete(keyId)
  }
  const enter = (queue: Queue, deadline: AbortSignal): Promise<boolean> => {
    if (queue.running < atOncePerKey) {
      queue.running += 1
      return Promise.resolve(true)
    }
    return new Promise((done) => {
      const begin = () => done(true)
      queue.waiting.add(begin)
      deadline.addEventListener('abort', () => {
        if (queue.waiting.delete(begin)) done(false)
      })
    })
  }

  return {
    async run(keyId, deadlineMs, count) {
      const deadline = AbortSignal.timeout(deadlineMs)
      const queue = queues.get(keyId) ?? { running: 0, waiting: new Set() }
      queues.set(keyId, queue)
      if (!(await enter(queue, deadline))) return null
      try {
        return await Promise.race([count(deadline), whenPast(deadline)])
      } finally {
        leave(keyId, queue)
      }
    },
  }
}

function whenPast(deadline: AbortSignal): Promise<null> {
  return new Promise((done) => {
    if (deadline.aborted) done(null)
    else deadline.addEventListener('abort', () => done(null), { once: true })
  })
}
