import { connect } from 'node:net'

export interface RawRequest {
  readonly method?: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | number>>
  /** Sent one after the other, as fast as the server takes them. */
  readonly parts: Iterable<Buffer>
  /** How long to hold the connection once everything is sent, where no answer comes. */
  readonly patienceMs?: number
}

/**
 * Sends a request as no client would, and stops as soon as there is an answer.
 * @returns its status; 0 where the connection was closed or stood still without one.
 */
export function sendRaw(port: number, request: RawRequest): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const parts = request.parts[Symbol.iterator]()
    let status = 0
    let patience: NodeJS.Timeout | undefined
    const sendMore = (): void => {
      while (status === 0) {
        const { value, done = false } = parts.next()
        if (done) {
          patience = setTimeout(() => socket.destroy(), request.patienceMs ?? 60_000)
          return
        }
        if (!socket.write(value)) return
      }
    }
    socket.setNoDelay(true)
    socket.on('drain', sendMore)
    socket.once('connect', () => {
      const lines = Object.entries({ host: 'localhost', ...request.headers }).map(
        ([name, value]) => `${name}: ${value}\r\n`,
      )
      socket.write(`${request.method ?? 'POST'} ${request.path} HTTP/1.1\r\n${lines.join('')}\r\n`)
      sendMore()
    })
    socket.once('data', (answer) => {
      status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer.toString('latin1'))?.[1] ?? 0)
      socket.destroy()
    })
    socket.on('error', () => {})
    socket.once('close', () => {
      clearTimeout(patience)
      resolve(status)
    })
  })
}

const partBytes = 256 * 1024

/** A body in parts of an ordinary size. */
export function* inParts(body: Buffer): Iterable<Buffer> {
  for (let start = 0; start < body.length; start += partBytes) yield body.subarray(start, start + partBytes)
}

/** A body whose length is not told. @param chunkBytes of each chunk. */
export function* inChunks(body: Buffer, chunkBytes: number): Iterable<Buffer> {
  for (let start = 0; start < body.length; start += partBytes) {
    const part = body.subarray(start, start + partBytes)
    const chunks: (Buffer | string)[] = []
    for (let at = 0; at < part.length; at += chunkBytes) {
      const chunk = part.subarray(at, at + chunkBytes)
      chunks.push(`${chunk.length.toString(16)}\r\n`, chunk.toString('latin1'), '\r\n')
    }
    yield Buffer.from(chunks.join(''), 'latin1')
  }
  yield Buffer.from('0\r\n\r\n')
}
