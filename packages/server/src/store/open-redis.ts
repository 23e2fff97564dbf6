import { Redis } from 'ioredis'
import type { Logger } from 'pino'

/**
 * Where several servers count rate limits together. No money depends on it: while it is away each server counts for
 * itself, so nothing waits for it and nothing fails with it.
 */
export function openRedis(url: string | null, logger: Logger): Redis | null {
  if (url === null) return null
  const redis = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 1, connectTimeout: 2_000 })
  redis.on('error', (error: Error) => logger.warn({ reason: error.message }, 'redis is away; limits are counted here'))
  return redis
}
