/** What `/v1/health` answered, for people; null where nothing came that could be read. */
export function describeHealth(answer: unknown): { readonly words: string; readonly isGood: boolean } {
  const status = typeof answer === 'object' && answer !== null && 'status' in answer ? answer.status : null
  if (status === 'ok') return { words: 'Everything works', isGood: true }
  if (status === 'draining') return { words: 'Restarting; back in a moment', isGood: false }
  return { words: 'Not available at the moment. Your credits are safe.', isGood: false }
}
