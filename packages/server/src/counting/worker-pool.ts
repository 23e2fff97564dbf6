import type { CountingAnswer, CountingTask } from './counting-worker.ts'
import { type PooledWorker, startWorker, type WorkerLimits } from './pooled-worker.ts'

export interface PoolLimits extends WorkerLimits {
  readonly workersMax: number
  /** A task that no worker has begun by then is given up. */
  readonly waitMsMax: number
  readonly waitingMax: number
  readonly waitingBytesMax: number
  /** After a larger task a worker is replaced. */
  readonly keptAfterBytesMax: number
}

export interface WorkerPool {
  /** @returns null where the task failed, was given up, or was not taken. */
  run(task: CountingTask, bytes: number): Promise<CountingAnswer>
  /** Gives up what waits and runs; later tasks are not taken. */
  close(): Promise<void>
}

interface Waiting {
  readonly task: CountingTask
  readonly bytes: number
  readonly answer: (answer: CountingAnswer) => void
  readonly timer: NodeJS.Timeout
}

interface Queue {
  readonly waiting: Set<Waiting>
  bytes: number
  running: number
  readonly runningMax: number
}

/**
 * Runs tasks in worker threads, which start when they are first needed. One that is ended is replaced by the next task.
 * Nobody pays for the tokens of a prompt that are only asked for: such tasks have a queue of their own, come after all
 * others, and leave them a worker where there are two.
 */
export function createWorkerPool(limits: PoolLimits): WorkerPool {
  const openQueue = (runningMax: number): Queue => ({ waiting: new Set(), bytes: 0, running: 0, runningMax })
  const first = openQueue(limits.workersMax)
  const free = openQueue(Math.max(1, limits.workersMax - 1))
  const workers = new Set<PooledWorker>()
  let isClosed = false

  const leave = (queue: Queue, waiting: Waiting): void => {
    if (queue.waiting.delete(waiting)) queue.bytes -= waiting.bytes
    clearTimeout(waiting.timer)
  }
  const start = (): PooledWorker => {
    const worker = startWorker(limits, () => workers.delete(worker))
    workers.add(worker)
    return worker
  }
  const findWorker = (): PooledWorker | null =>
    [...workers].find(({ isBusy }) => !isBusy) ?? (workers.size < limits.workersMax ? start() : null)
  const runNext = (): void => {
    const queue = [first, free].find(({ waiting, running, runningMax }) => waiting.size > 0 && running < runningMax)
    const [waiting] = queue?.waiting ?? []
    const worker = waiting === undefined ? null : findWorker()
    if (queue === undefined || waiting === undefined || worker === null) return
    leave(queue, waiting)
    queue.running += 1
    void worker.run(waiting.task).then(async (answer) => {
      waiting.answer(answer)
      if (waiting.bytes > limits.keptAfterBytesMax) await worker.end()
      queue.running -= 1
      runNext()
    })
  }

  return {
    run(task, bytes) {
      const queue = task.kind === 'prompt' ? free : first
      if (isClosed || queue.waiting.size >= limits.waitingMax || queue.bytes + bytes > limits.waitingBytesMax)
        return Promise.resolve(null)
      return new Promise((answer) => {
        const timer = setTimeout(() => {
          leave(queue, waiting)
          answer(null)
        }, limits.waitMsMax)
        const waiting: Waiting = { task, bytes, answer, timer }
        queue.waiting.add(waiting)
        queue.bytes += bytes
        runNext()
      })
    },
    async close() {
      isClosed = true
      for (const queue of [first, free]) {
        for (const waiting of [...queue.waiting]) {
          leave(queue, waiting)
          waiting.answer(null)
        }
      }
      await Promise.all([...workers].map((worker) => worker.end()))
    },
  }
}
