import { createServer } from 'node:http'
import { Agent } from 'undici'

/** The floor: Node's own HTTP and undici, which pass bytes and know nothing. No billing. */
const agent = new Agent({ connections: 512 })
const origin = `http://127.0.0.1:${process.env.UPSTREAM_PORT}`

createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    agent.dispatch(
      {
        ...{ origin, path: request.url ?? '/', method: 'POST', body: Buffer.concat(parts) },
        headers: { 'content-type': 'application/json' },
      },
      {
        onRequestStart() {},
        onResponseStart(_controller, status, headers) {
          response.writeHead(status, headers as never)
        },
        onResponseData(_controller, data) {
          response.write(data)
        },
        onResponseEnd() {
          response.end()
        },
        onResponseError() {
          response.destroy()
        },
      },
    )
  })
}).listen(Number(process.env.PORT), '127.0.0.1')
