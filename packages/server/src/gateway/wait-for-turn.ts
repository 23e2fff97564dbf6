import type { ServerResponse } from 'node:http'
import { AppError } from '../kernel/app-error.ts'

interface Queue {
  running: number
  /** Each lets one request in. */
  readonly waiting: (() => void)[]
}

/**
 * Lets only so many requests of one owner run at a time; the others wait and are let in one after the other. A turn ends
 * with its response.
 * @returns a function that waits for a turn. @throws AppError 429 `rate_limited` when that takes too long.
 */
export function createTurns(
  atOnceMax: number,
  waitMsMax = 30_000,
): (owner: string, response: ServerResponse) => Promise<void> {
  const queues = new Map<string, Queue>()

  const begin = (owner: string, queue: Queue, response: ServerResponse): void => {
    response.once('close', () => {
      const letNextIn = queue.waiting.shift()
      if (letNextIn !== undefined) return letNextIn()
      queue.running -= 1
      if (queue.running === 0) queues.delete(owner)
    })
  }
  return async (owner, response) => {
    if (response.destroyed) throw tooMany()
    const queue = queues.get(owner) ?? { running: 0, waiting: [] }
    queues.set(owner, queue)
    if (queue.running >= atOnceMax)
      return stand(queue, response, { waitMsMax, begin: () => begin(owner, queue, response) })
    queue.running += 1
    begin(owner, queue, response)
  }
}

function stand(
  queue: Queue,
  response: ServerResponse,
  { waitMsMax, begin }: { readonly waitMsMax: number; readonly begin: () => void },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      clearTimeout(timer)
      response.removeListener('close', giveUp)
      const place = queue.waiting.indexOf(letIn)
      if (place !== -1) queue.waiting.splice(place, 1)
    }
    const letIn = (): void => {
      leave()
      begin()
      resolve()
    }
    const giveUp = (): void => {
      leave()
      reject(tooMany())
    }
    const timer = setTimeout(giveUp, waitMsMax)
    response.once('close', giveUp)
    queue.waiting.push(letIn)
  })
}

function tooMany(): AppError {
  return new AppError(
    'rate_limited',
    'Too many of these requests at once from one user. Send them one after the other.',
    {
      retryAfterSeconds: 1,
    },
  )
}
