import { type Logger, pino } from 'pino'

/** JSON lines on standard output. Callers log ids, codes and durations; never a prompt, a response, a key or a code. */
export function createLogger(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    // A second line of defence: should one of these ever be logged, its value is not.
    redact: {
      paths: ['*.authorization', '*.secret', '*.userKey', '*.user_key', '*.code_hash', '*.apiKey', '*.headers'],
      censor: '[redacted]',
    },
  })
}
