import express from 'express'
import { Agent } from 'undici'

/** Express and undici as anybody would put them together: a body is parsed and written again. No billing. */
const agent = new Agent({ connections: 512 })
const origin = `http://127.0.0.1:${process.env.UPSTREAM_PORT}`

const app = express()
app.post('/v1/chat/completions', express.json({ limit: '50mb' }), async (request, response) => {
  const answer = await agent.request({
    ...{ origin, path: '/v1/chat/completions', method: 'POST', body: JSON.stringify(request.body) },
    headers: { 'content-type': 'application/json' },
  })
  response.status(answer.statusCode).set('content-type', String(answer.headers['content-type']))
  answer.body.pipe(response)
})
app.listen(Number(process.env.PORT), '127.0.0.1')
