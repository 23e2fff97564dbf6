import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { expect, inject, it } from 'vitest'
import { startStack } from '../stack.ts'
import { call } from './api-client.ts'
import { startProcessStack } from './process-stack.ts'

const postgresUrl = inject('postgresUrl') as string | undefined

it.runIf(postgresUrl === undefined)(
  'a server whose store takes nothing at the start ends, so that it is started again, and does not keep the port',
  async () => {
    const stack = await startStack()
    await stack.kill('SIGTERM')
    const database = new SqliteDatabase((stack.environment.DATABASE_URL ?? '').replace('sqlite:', ''))
    database.exec("create trigger full before insert on servers begin select raise(abort, 'disk full'); end")
    await expect(stack.restart()).rejects.toThrow('the server ended with 2')
    database.exec('drop trigger full')
    database.close()
    await stack.restart()
    await stack.close()
  },
)

it('a server whose MODELS_FILE cannot be used ends as well, and starts once it is mended', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'opencredits-models-'))
  const file = join(folder, 'models.json')
  writeFileSync(file, '{}')
  const stack = await startProcessStack({ MODELS_FILE: file })
  await stack.kill('SIGTERM')
  writeFileSync(file, '{"models":{"openai/mine":{"max_tokens":10}}}')
  await expect(stack.restart()).rejects.toThrow('the server ended with 2')
  expect(stack.output()).toContain('MODELS_FILE: models.openai/mine: a new model needs a price')
  writeFileSync(file, '{"models":{"openai/mine":{"max_tokens":10,"price":{"input":"1","output":"2"}}}}')
  await stack.restart()
  expect((await call(stack, 'GET', '/v1/models/openai/mine')).status).toBe(200)
  await stack.close()
  rmSync(folder, { recursive: true })
})
