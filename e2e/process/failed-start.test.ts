import SqliteDatabase from 'better-sqlite3'
import { expect, inject, it } from 'vitest'
import { startStack } from '../stack.ts'

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
