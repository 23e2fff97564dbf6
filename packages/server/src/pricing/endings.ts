/** How a metered call ended. Each ending has one rule of charging. */
export type Ending =
  | 'completed'
  | 'client_gone'
  | 'credits_exhausted'
  | 'upstream_cut'
  | 'store_failed'
  | 'server_failed'
  | 'upstream_error'
  | 'upstream_rejected'
  | 'unreadable_answer'
  | 'shutdown'
  | 'recovered'
  | 'not_sent'

/** What is told to whoever asks for a request's record: how it ended, and what follows for the charge. */
const explanations: Readonly<Record<Ending, string>> = {
  completed: 'The answer was delivered whole. Charged by the provider’s counts.',
  client_gone:
    'The client closed the connection before the end. The provider’s answer was read on to its end and is charged by its counts; where it was stopped (marked as estimated), for what it had generated.',
  credits_exhausted:
    'The credits ran out while the answer streamed; it was ended as if at its token limit. Charged for what was generated.',
  upstream_cut: 'The provider’s answer broke off. Charged for what it had generated.',
  store_failed: 'The server’s store did not answer, and the answer was cut. Charged for what had been generated.',
  server_failed: 'The server failed in the middle of the answer. Charged for what had been generated.',
  upstream_error: 'The provider failed before it answered. Nothing was charged.',
  upstream_rejected: 'The provider refused the request. Nothing was charged.',
  unreadable_answer: 'The provider’s answer could not be read. Nothing was charged.',
  shutdown: 'The server had to stop; the answer was cut. Charged for what had been generated.',
  recovered:
    'The server stopped without notice while the answer ran. Charged for the prompt and the output recorded by then; of a model that thinks unseen, for what its time comes to, at most what was held.',
  not_sent: 'The request never reached the provider. Nothing was charged.',
}

/** @param ending as it stands on the request's row; null while the call runs. */
export function explainEnding(ending: string | null): string {
  if (ending === null) return 'The call is still running; its credits are set aside.'
  return Object.entries(explanations).find(([name]) => name === ending)?.[1] ?? 'Unknown.'
}
