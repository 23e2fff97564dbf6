import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import express from 'express'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerErrors, answerNotFound } from '../http/answer-error.ts'
import { assignRequestId } from '../http/request-id.ts'
import { createDashboardRouter } from './dashboard-routes.ts'

let folder: string
const servers: Server[] = []

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'opencredits-dashboard-'))
  for (const page of ['home', 'account', 'partner']) {
    mkdirSync(join(folder, page, 'assets'), { recursive: true })
    writeFileSync(join(folder, page, 'index.html'), `<!doctype html><html lang="en"><title>${page}</title>`)
    writeFileSync(join(folder, page, 'assets/index-1a2b.js'), 'export {}')
  }
})

afterAll(() => {
  for (const server of servers) server.close()
  rmSync(folder, { recursive: true })
})

describe('createDashboardRouter', () => {
  it.each([
    ['/', 'home'],
    ['/account', 'account'],
    ['/account/', 'account'],
    ['/account/requests/req_1?from=2026-11-01', 'account'],
    ['/account/no/such/page', 'account'],
    ['/partner', 'partner'],
    ['/partner/par_1/test/keys', 'partner'],
  ])('answers %s with the page %s, strictly and unframed', async (path, page) => {
    const response = await fetch((await start()) + path)
    expect(response.status).toBe(200)
    expect(await response.text()).toContain(`<title>${page}</title>`)
    const policy = response.headers.get('content-security-policy') ?? ''
    for (const directive of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"])
      expect(policy.split('; ')).toContain(directive)
    expect(policy).not.toContain('unsafe')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
  })

  it('says on the page that no money is real, in sandbox mode only', async () => {
    expect(await (await fetch(`${await start()}/account`)).text()).toContain('<html lang="en" data-sandbox>')
    expect(await (await fetch(`${await start({ isSandbox: false })}/`)).text()).toContain('<html lang="en">')
  })

  it('keeps assets for ever, and answers for missing ones with an error and no page', async () => {
    const url = await start()
    const asset = await fetch(`${url}/account/assets/index-1a2b.js`)
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    for (const path of ['/account/assets/none.js', '/home/assets/none.js', '/account/assets/..%2findex.html']) {
      const missing = await fetch(url + path)
      expect(missing.status).not.toBe(200)
      expect(await missing.text()).not.toContain('<title>')
    }
  })

  it('takes no other method', async () => {
    expect((await fetch(`${await start()}/account`, { method: 'POST' })).status).toBe(404)
  })

  it('says how to build what is not built', async () => {
    const response = await fetch(`${await start({ dashboardDistPath: '/nowhere' })}/account`)
    expect(response.status).toBe(503)
    expect(await response.text()).toContain('--filter @opencredits/dashboard build')
  })
})

async function start(change: Partial<Parameters<typeof createDashboardRouter>[0]> = {}): Promise<string> {
  const app = express()
  app.use((request, response, next) => {
    assignRequestId(request, response)
    next()
  })
  app.use(createDashboardRouter({ isSandbox: true, dashboardDistPath: folder, ...change }))
  app.use(answerNotFound)
  app.use(answerErrors(pino({ level: 'silent' })))
  const server = createServer(app).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}
