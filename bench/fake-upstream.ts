import { createServer } from 'node:http'

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

createServer((request, response) => {
  let isStream = false
  request.on('data', (part: Buffer) => {
    isStream ||= part.includes('"stream":true')
  })
  request.on('end', () => {
    if (!isStream) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length }).end(whole)
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    let said = 0
    const timer = setInterval(() => {
      said += 1
      response.write(word)
      if (said < words) return
      clearInterval(timer)
      response.end(end)
    }, betweenWordsMs)
    response.once('close', () => clearInterval(timer))
  })
}).listen(Number(process.env.PORT), '127.0.0.1')
