import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDocuments } from './fetch-document.ts'

/** `/large/20` */
const megabytes = (url: string) => Number(url.split('/')[2])

describe('documents', () => {
  let server: Server
  let port: number
  let asked = 0

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked += 1
      if (request.url === '/moved') response.writeHead(302, { location: '/a.pdf' }).end()
      else if (request.url?.startsWith('/large'))
        response
          .writeHead(200, { 'content-type': 'text/plain' })
          .end(Buffer.alloc(megabytes(request.url) * 1024 * 1024))
      else if (request.url === '/page') response.writeHead(200, { 'content-type': 'image/png' }).end('x')
      else response.writeHead(200, { 'content-type': 'application/pdf; q=1' }).end('%PDF')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  })
  afterAll(() => server.close())

  it.each(['http://127.0.0.1', 'http://localhost', 'http://[::1]', 'http://[::ffff:127.0.0.1]', 'http://2130706433'])(
    'never connects to %s',
    async (origin) => {
      const documents = createDocuments()
      await expect(documents.fetchAll([`${origin}:${port}/a.pdf`])).rejects.toThrow(/its address is not public/)
      expect(asked).toBe(0)
      await documents.close()
    },
  )

  it('reads a document where it may', async () => {
    const documents = createDocuments(() => true)
    expect(
      (await documents.fetchAll([`http://localhost:${port}/a.pdf`])).get(`http://localhost:${port}/a.pdf`),
    ).toEqual({
      mediaType: 'application/pdf',
      data: Buffer.from('%PDF').toString('base64'),
    })
    await documents.close()
  })

  it.each([
    ['follows no redirect', '/moved', /could not be fetched/],
    ['takes nothing but documents', '/page', /image\/png, no document/],
  ])('%s', async (_label, path, message) => {
    const documents = createDocuments(() => true)
    await expect(documents.fetchAll([`http://localhost:${port}${path}`])).rejects.toThrow(message)
    await documents.close()
  })

  it.each([
    ['25 MB of one', ['/large/24', '/a.pdf'], null],
    ['more than 25 MB of one', ['/large/26'], /could not be fetched/],
    ['32 MB of all', ['/large/15', '/large/16'], null],
    ['more than 32 MB of all', ['/large/12', '/large/11', '/large/10'], /more than 32 MB together/],
  ])('are bounded: %s', async (_label, paths, refusal) => {
    const documents = createDocuments(() => true)
    const fetched = documents.fetchAll(paths.map((path) => `http://localhost:${port}${path}`))
    if (refusal === null) expect((await fetched).size).toBe(paths.length)
    else await expect(fetched).rejects.toThrow(refusal)
    await documents.close()
  })

  it.each(['file:///etc/passwd', 'ftp://example.com/a', 'https://user:secret@example.com/a', 'nonsense'])(
    'refuses %s',
    async (url) => {
      const documents = createDocuments(() => true)
      await expect(documents.fetchAll([url])).rejects.toThrow(/has to be http or https/)
      await documents.close()
    },
  )
})
