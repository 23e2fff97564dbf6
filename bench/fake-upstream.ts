import { createServer, type ServerResponse } from 'node:http'

/** A provider that thinks nothing: it answers at once, or streams slowly, in OpenAI's format. */

const usage = { prompt_tokens: 20, completion_tokens: 7, total_tokens: 27 }
const head = { id: 'chatcmpl-1', created: 1, model: 'gpt-4o' }
const whole = Buffer.from(
  JSON.stringify({
    ...{ ...head, object: 'chat.completion', usage },
    choices: [
      { index: 0, message: { role: 'assistant', content: 'Hello there, how are you?' }, finish_reason: 'stop' },
    ],
  }),
)
const chunk = (choices: object[], more: object = {}) =>
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...more })}\n\n`
const word = chunk([{ index: 0, delta: { content: ' word' }, finish_reason: null }])
const end = `${chunk([{ index: 0, delta: {}, finish_reason: 'stop' }])}${chunk([], { usage })}data: [DONE]\n\n`
const words = 20
const betweenWordsMs = 50

/** Every response has an id of its own: those who keep them keep each. */
let responses = 0
const responseOf = (id: number, status: string, output: object[]) => ({
  ...{ id: `resp_${id}`, object: 'response', created_at: 1, status, model: 'gpt-4o', error: null, store: false },
  ...{ incomplete_details: null, instructions: null, metadata: {}, parallel_tool_calls: true, temperature: 1 },
  ...{ previous_response_id: null, reasoning: { effort: null, summary: null }, text: { format: { type: 'text' } } },
  ...{ tool_choice: 'auto', tools: [], top_p: 1, truncation: 'disabled', output },
  usage: { input_tokens: 20, output_tokens: 7, total_tokens: 27 },
})
const messageOf = (id: number, text: string) => ({
  ...{ id: `msg_${id}`, type: 'message', status: 'completed', role: 'assistant' },
  content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
})
const event = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`

function answerResponses(isStream: boolean, response: ServerResponse): void {
  responses += 1
  const id = responses
  if (!isStream) {
    const text = JSON.stringify(responseOf(id, 'completed', [messageOf(id, 'Hello there, how are you?')]))
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text)
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(event('response.created', { response: responseOf(id, 'in_progress', []) }))
  const said = event('response.output_text.delta', { item_id: `msg_${id}`, output_index: 0, delta: ' word' })
  const completed = responseOf(id, 'completed', [messageOf(id, ' word'.repeat(words))])
  sayWords(response, said, event('response.completed', { response: completed }))
}

function sayWords(response: ServerResponse, said: string, last: string): void {
  let count = 0
  const timer = setInterval(() => {
    count += 1
    response.write(said)
    if (count < words) return
    clearInterval(timer)
    response.end(last)
  }, betweenWordsMs)
  response.once('close', () => clearInterval(timer))
}

createServer((request, response) => {
  let isStream = false
  request.on('data', (part: Buffer) => {
    isStream ||= part.includes('"stream":true')
  })
  request.on('end', () => {
    if (request.url?.endsWith('/responses') === true) return answerResponses(isStream, response)
    if (!isStream) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length }).end(whole)
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    sayWords(response, word, end)
  })
}).listen(Number(process.env.PORT), '127.0.0.1')
