import { Worker } from 'node:worker_threads'
import type { CountingAnswer, CountingSign, CountingTask } from './counting-worker.ts'

export interface WorkerLimits {
  /** How long a worker may take to be ready for a task: the first of a kind loads what it needs. */
  readonly readyMsMax: number
  /** A task that then runs longer is ended, and its worker with it. */
  readonly runMsMax: number
  /** So is one whose worker takes more memory, on its heap and beside it: a small document may unpack to gigabytes. */
  readonly memoryBytesMax: number
}

/** A worker thread, which has one task at a time. */
export interface PooledWorker {
  readonly isBusy: boolean
  /** @returns null where the worker ended before its answer. */
  run(task: CountingTask): Promise<CountingAnswer>
  end(): Promise<void>
}

const memoryLookMs = 100
const megabyte = 1024 * 1024

/** @param onEnd called once, when the worker takes no more tasks. */
export function startWorker({ readyMsMax, runMsMax, memoryBytesMax }: WorkerLimits, onEnd: () => void): PooledWorker {
  const thread = new Worker(new URL('./counting-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: Math.ceil(memoryBytesMax / megabyte) },
    // What a library prints may quote what is counted.
    stdout: true,
    stderr: true,
  })
  thread.stdout.resume()
  thread.stderr.resume()
  // A count is no reason for a process to stay.
  thread.unref()
  let settle: ((answer: CountingAnswer) => void) | null = null
  let deadline: NodeJS.Timeout | undefined

  const end = async (): Promise<void> => {
    onEnd()
    settle?.(null)
    await thread.terminate()
  }
  // The heap's own limit does not see buffers.
  const watchMemory = async (): Promise<void> => {
    const memory = await thread.getHeapStatistics().catch(() => null)
    if (memory !== null && memory.used_heap_size + memory.external_memory > memoryBytesMax) await end()
  }
  const endAfter = (ms: number): void => {
    clearTimeout(deadline)
    deadline = setTimeout(() => void end(), ms)
  }
  thread.on('message', (message: CountingAnswer | CountingSign) => {
    if (message === 'begun') endAfter(runMsMax)
    else settle?.(message)
  })
  // Out of memory, or a fault: either way the thread is over.
  thread.on('error', () => void end())
  thread.on('exit', () => void end())

  return {
    get isBusy() {
      return settle !== null
    },
    run(task) {
      return new Promise((resolve) => {
        endAfter(readyMsMax)
        const memoryLooks = setInterval(() => void watchMemory(), memoryLookMs)
        settle = (answer) => {
          settle = null
          clearTimeout(deadline)
          clearInterval(memoryLooks)
          resolve(answer)
        }
        thread.postMessage(task, task.kind === 'prompt' ? [task.body.buffer] : [])
      })
    },
    end,
  }
}
