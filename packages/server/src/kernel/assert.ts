/** A broken invariant: a programmer's error, never the caller's. It ends the request with 500 and raises an alarm in the log. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}
