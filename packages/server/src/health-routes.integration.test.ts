import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import express from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { createHealthRouter } from './health-routes.ts'
import { openDatabase } from './store/open-database.ts'
import { openTestDatabase } from './store/test-database.ts'

let closeAll: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closeAll) await close()
  closeAll = []
})

describe('GET /v1/health, readiness', () => {
  it('is 200 while the store answers and calls are admitted', async () => {
    const { ask } = await startHealth()
    expect(await ask('/v1/health')).toEqual([200, { status: 'ok', database: 'ok', mode: 'live' }])
  })

  it('is 503 once the server drains, with the store well', async () => {
    const { ask, drain } = await startHealth()
    drain()
    expect(await ask('/v1/health')).toEqual([503, { status: 'draining', database: 'ok', mode: 'live' }])
  })

  it('is 503 when nothing listens at the database’s address', async () => {
    const db = openDatabase({ engine: 'postgres', location: 'postgres://nobody:nothing@127.0.0.1:1/none' })
    const { ask } = await startHealth(db)
    expect(await ask('/v1/health')).toEqual([503, { status: 'unavailable', database: 'unavailable', mode: 'live' }])
  })

  it('is 503 within three seconds when the database takes the connection and says nothing', async () => {
    const port = await listenSilently()
    const db = openDatabase({ engine: 'postgres', location: `postgres://nobody:nothing@127.0.0.1:${port}/none` })
    const { ask } = await startHealth(db)
    const startedAt = performance.now()
    expect(await ask('/v1/health')).toEqual([503, { status: 'unavailable', database: 'unavailable', mode: 'live' }])
    expect(performance.now() - startedAt).toBeLessThan(3000)
  })
})

describe('GET /v1/health/live, liveness', () => {
  it('is 200 as long as the process answers: draining or without its database', async () => {
    const { ask, drain } = await startHealth()
    expect(await ask('/v1/health/live')).toEqual([200, { status: 'ok', mode: 'live' }])
    drain()
    expect(await ask('/v1/health/live')).toEqual([200, { status: 'ok', mode: 'live' }])
    const dead = openDatabase({ engine: 'postgres', location: 'postgres://nobody:nothing@127.0.0.1:1/none' })
    const { ask: askDead } = await startHealth(dead)
    expect(await askDead('/v1/health/live')).toEqual([200, { status: 'ok', mode: 'live' }])
  })
})

async function startHealth(given?: Awaited<ReturnType<typeof openTestDatabase>>['db']) {
  const store = given === undefined ? await openTestDatabase() : { db: given, close: () => given.destroy() }
  let isLeaving = false
  const app = express()
  app.use(createHealthRouter({ db: store.db, isSandbox: false, isLeaving: () => isLeaving }))
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closeAll.push(async () => server.close(), store.close)
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : null
  return {
    drain() {
      isLeaving = true
    },
    async ask(path: string) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`)
      return [response.status, await response.json()] as const
    },
  }
}

async function listenSilently(): Promise<number> {
  const sockets: Socket[] = []
  const server = createTcpServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closeAll.push(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
