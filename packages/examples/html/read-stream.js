/** The answer stopped before its end, and not because the user stopped it. */
export class BrokenStream extends Error {}

/**
 * Reads a stream of chat completions, piece by piece.
 * @returns why the model stopped: `stop`, or `length` where the limit or the credits ended
 * @throws BrokenStream where the connection or the provider broke; DOMException `AbortError` where the user stopped it
 */
export async function readStream(response, onText) {
  let finishReason = null
  for await (const data of eventsOf(response.body)) {
    if (data === '[DONE]') return finishReason
    const chunk = JSON.parse(data)
    if (chunk.error !== undefined) throw new BrokenStream(chunk.error.message)
    const choice = chunk.choices[0]
    if (choice?.delta.content) onText(choice.delta.content)
    finishReason = choice?.finish_reason ?? finishReason
  }
  // A whole answer says [DONE]; without it, something on the way has hung up.
  throw new BrokenStream('The connection broke off.')
}

async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      const lines = (rest + value).split('\n')
      rest = lines.pop()
      for (const line of lines) if (line.startsWith('data: ')) yield line.slice(6)
    }
  } catch (error) {
    throw error.name === 'AbortError' ? error : new BrokenStream('The connection broke off.')
  } finally {
    reader.cancel().catch(() => {})
  }
}
