import type { Logger } from 'pino'

export interface Job {
  readonly name: string
  /** Time between the end of one run and the start of the next; a function is asked before each wait. */
  readonly everyMs: number | (() => number)
  run(): Promise<void>
}

export interface RunningJobs {
  /** Resolves when no job runs any more. */
  stop(): Promise<void>
}

/** Runs each job again and again, never two runs of one job at once. A run that fails is logged and tried at its next turn. */
export function runJobs(jobs: readonly Job[], logger: Logger): RunningJobs {
  const stopping = new AbortController()
  const loops = jobs.map((job) => loop(job, logger, stopping.signal))
  return {
    async stop() {
      stopping.abort()
      await Promise.all(loops)
    },
  }
}

async function loop(job: Job, logger: Logger, stopping: AbortSignal): Promise<void> {
  while (await waited(typeof job.everyMs === 'function' ? job.everyMs() : job.everyMs, stopping)) {
    try {
      await job.run()
    } catch (error) {
      logger.error({ job: job.name, error: kindOf(error) }, 'job failed')
    }
  }
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? `${error.name} ${error.code}` : error.name
}

/** False when the wait was cut short by the stop. */
function waited(delayMs: number, stopping: AbortSignal): Promise<boolean> {
  if (stopping.aborted) return Promise.resolve(false)
  return new Promise((resolve) => {
    const finish = (isDue: boolean) => {
      clearTimeout(timer)
      stopping.removeEventListener('abort', onAbort)
      resolve(isDue)
    }
    const onAbort = () => finish(false)
    const timer = setTimeout(() => finish(true), delayMs)
    stopping.addEventListener('abort', onAbort)
  })
}
