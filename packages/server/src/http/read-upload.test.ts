import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { AppError } from '../kernel/app-error.ts'
import { createBodiesInFlight } from './bodies-in-flight.ts'
import { createUploadReader, type Upload } from './read-upload.ts'

const inFlight = createBodiesInFlight({ ownerBytesMax: 1_000_000, serverBytesMax: 1_000_000 })
const readUpload = createUploadReader(inFlight, { ms: 200, msPerMegabyte: 0 })
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** Sends a request as it is written, and says what became of it. @param sent what follows the headers; the connection stays open. */
async function uploaded(headers: string, sent: string, { isCut = false } = {}): Promise<Upload | AppError> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const socket = connect(address.port, '127.0.0.1')
  closing.push(() => {
    socket.destroy()
    server.close()
  })
  socket.write(`POST / HTTP/1.1\r\nhost: a\r\n${headers}\r\n\r\n${sent}`, () => {
    if (isCut) socket.destroy()
  })
  const [request] = await once(server, 'request')
  const owner = { name: 'usr_1', isPaying: true }
  return readUpload(request, { fileBytesMax: 1_000, owner }).catch((error: unknown) => {
    if (error instanceof AppError) return error
    throw error
  })
}

const type = 'content-type: multipart/form-data; boundary=x'
const file = (content: string, more = '') =>
  `--x\r\ncontent-disposition: form-data; name="file"; filename="/tmp/a.txt"\r\n\r\n${content}\r\n${more}--x--\r\n`
const withLength = (body: string) => `${type}\r\ncontent-length: ${Buffer.byteLength(body)}`

describe('createUploadReader', () => {
  it('reads one file and the fields around it, in any order, up to its limit', async () => {
    const field = '--x\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
    for (const body of [file('y'.repeat(1_000), field), field + file('y'.repeat(1_000))]) {
      const upload = await uploaded(withLength(body), body)
      expect(upload).toMatchObject({ filename: 'a.txt', fields: new Map([['purpose', 'batch']]) })
      if (upload instanceof AppError) throw upload
      expect(upload.bytes.toString()).toBe('y'.repeat(1_000))
      expect(inFlight.bytes).toBe(body.length)
      upload.release()
    }
  })

  it.each([
    ['more than its limit', withLength(file('y'.repeat(1_001))), file('y'.repeat(1_001)), 413],
    ['more than its limit by its length', `${type}\r\ncontent-length: 1000000`, '', 413],
    ['a length that is too short', `${type}\r\ncontent-length: 20`, file('y'), 400],
    ['a length that is too long', `${type}\r\ncontent-length: 500`, file('y'), 400],
    ['nothing for too long', `${type}\r\ntransfer-encoding: chunked`, '', 400],
    ['a file twice', withLength(file('y', file('z'))), file('y', file('z')), 400],
    ['a packed form', `${withLength(file('y'))}\r\ncontent-encoding: gzip`, file('y'), 415],
    ['no boundary', 'content-type: multipart/form-data\r\ncontent-length: 0', '', 400],
    ['no file', withLength(field('a')), field('a'), 400],
    ['an empty file', withLength(file('')), file(''), 400],
    ['a field too long', withLength(field('a', 2_000)), field('a', 2_000), 400],
    ['a field twice', withLength(field('a') + file('y', field('a'))), field('a') + file('y', field('a')), 400],
  ])('refuses %s, and holds nothing of it', async (_name, headers, sent, status) => {
    expect(await uploaded(headers, sent)).toMatchObject({ status })
    expect(inFlight.bytes).toBe(0)
  })

  it('takes a file without a name', async () => {
    const upload = await uploaded(withLength(field('file')), field('file'))
    expect(upload).toMatchObject({ filename: '', bytes: Buffer.from('b') })
    if (!(upload instanceof AppError)) upload.release()
  })

  it('holds nothing of one that breaks off', async () => {
    expect(await uploaded(`${type}\r\ncontent-length: 500`, file('y'), { isCut: true })).toMatchObject({ status: 400 })
    expect(inFlight.bytes).toBe(0)
  })
})

function field(name: string, length = 1): string {
  return `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${'b'.repeat(length)}\r\n--x--\r\n`
}
