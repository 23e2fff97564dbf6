import type { CountingAnswer, CountingTask } from './counting-worker.ts'
import { type PooledWorker, startWorker, type WorkerLimits } from './pooled-worker.ts'

export interface PoolLimits extends WorkerLimits {
  readonly workersMax: number
  /** A task that no worker has begun by then is given up. */
  readonly waitMsMax: number
  readonly waitingMax: number
  readonly waitingBytesMax: number
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

/** Runs tasks in worker threads, which start when they are first needed. One that is ended is replaced by the next task. */
export function createWorkerPool(limits: PoolLimits): WorkerPool {
  const queue = new Set<Waiting>()
  const workers = new Set<PooledWorker>()
  let waitingBytes = 0
  let isClosed = false

  const leaveQueue = (waiting: Waiting): void => {
    if (queue.delete(waiting)) waitingBytes -= waiting.bytes
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
    const [waiting] = queue
    const worker = waiting === undefined ? null : findWorker()
    if (waiting === undefined || worker === null) return
    leaveQueue(waiting)
    void worker.run(waiting.task).then((answer) => {
      waiting.answer(answer)
      runNext()
    })
  }

  return {
    run(task, bytes) {
      if (isClosed || queue.size >= limits.waitingMax || waitingBytes + bytes > limits.waitingBytesMax)
        return Promise.resolve(null)
      return new Promise((answer) => {
        const timer = setTimeout(() => {
          leaveQueue(waiting)
          answer(null)
        }, limits.waitMsMax)
        const waiting: Waiting = { task, bytes, answer, timer }
        queue.add(waiting)
        waitingBytes += bytes
        runNext()
      })
    },
    async close() {
      isClosed = true
      for (const waiting of [...queue]) {
        leaveQueue(waiting)
        waiting.answer(null)
      }
      await Promise.all([...workers].map((worker) => worker.end()))
    },
  }
}
