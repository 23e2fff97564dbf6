import { readPromptText } from '../wires/read-prompt-text.ts'
import type { AdmittedCall } from './admit.ts'
import type { GatewayDeps } from './gateway-deps.ts'

/** A longer prompt is not worth its count: what is told of it at the beginning is replaced at the end. */
const countedCharactersMax = 20_000
/** Of English prose. */
const bytesPerToken = 4.5

/**
 * About how many tokens a prompt has, for the one format that tells them before the provider does. It is counted while
 * the provider works; a stream that begins sooner has to do with a rougher guess, since it cannot wait.
 * @returns a function that tells the best guess so far.
 */
export function guessPrompt(deps: Pick<GatewayDeps, 'counter'>, call: AdmittedCall): () => number {
  if (call.prepared.translation === null || call.wire.endpoint !== 'messages' || !call.request.isStream) return () => 0
  const { text } = readPromptText(call.request.body)
  let guess = Math.ceil(Buffer.byteLength(text) / bytesPerToken)
  if (text.length <= countedCharactersMax) {
    void deps.counter.countText(text).then((counted) => {
      guess = counted ?? guess
    })
  }
  return () => guess
}
