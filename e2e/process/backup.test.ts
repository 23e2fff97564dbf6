import { execFile } from 'node:child_process'
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Stack, startStack } from '../stack.ts'
import { balanceOf, buyCredits, call, verifyLedger } from './api-client.ts'

let stack: Stack
let key: string
const folder = mkdtempSync(join(tmpdir(), 'opencredits-backup-'))

beforeAll(async () => {
  stack = await startStack()
  key = (await buyCredits(stack, stack.createPartner(), 50)).userKey
}, 60_000)

afterAll(async () => {
  await stack.close()
  rmSync(folder, { recursive: true, force: true })
})

const chat = (content: string) =>
  call(stack, 'POST', '/v1/chat/completions', {
    key,
    body: { model: 'gpt-4o-mini', max_tokens: 50, messages: [{ role: 'user', content }] },
  })

describe('opencredits backup', () => {
  it('copies the store while calls are charged, and the restored server has the balances of one moment', async () => {
    const body = '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nwords\r\n--x--\r\n'
    const headers = { 'anthropic-version': '2023-06-01', 'content-type': 'multipart/form-data; boundary=x' }
    const uploaded = await call(stack, 'POST', '/v1/files', { key, headers, body })
    let isOver = false
    const traffic = (async () => {
      while (!isOver) expect((await chat('Hi [[sandbox: tokens=3]]')).status).toBe(200)
    })()
    const file = join(folder, 'busy.db')
    const before = (await balanceOf(stack, key)).balance
    const report = await backUp(file)
    isOver = true
    await traffic
    expect(report).toMatchObject({ file, ok: true, differences: [] })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(existsSync(`${file}-wal`) || existsSync(`${file}.partial`)).toBe(false)

    const after = (await balanceOf(stack, key)).balance
    const restored = join(folder, 'restored', 'opencredits.db')
    mkdirSync(dirname(restored))
    copyFileSync(file, restored)
    copyFileSync(String(report.pepper_file), join(dirname(restored), 'key-pepper'))
    cpSync(String(report.files_folder), join(dirname(restored), 'files'), { recursive: true })
    const second = await startStack({ environment: { DATABASE_URL: `sqlite:${restored}` } })
    const kept = await call(second, 'GET', `/v1/files/${uploaded.body.id}/content`, { key })
    expect(kept.body).toEqual({ text: 'words' })
    const { balance } = await balanceOf(second, key)
    expect(balance).toBeLessThanOrEqual(before)
    // The call that was in flight at that moment is settled by the recovery rule: by its estimate, at most its hold.
    expect(balance).toBeGreaterThanOrEqual(after - 0.1)
    expect(verifyLedger(second)).toMatchObject({ ok: true })
    await second.close()
  })

  it('never replaces a file', async () => {
    const file = join(folder, 'once.db')
    await backUp(file)
    const size = statSync(file).size
    await expect(backUp(file)).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('exists') })
    expect(statSync(file).size).toBe(size)
  })

  it('says so, and ends with 1, when the books of the copy are not right', async () => {
    const file = join(folder, 'wrong.db')
    await backUp(file)
    const wrong = new Sqlite(file)
    wrong.exec('update wallets set posted_microcredits = posted_microcredits + 1')
    wrong.close()
    const copy = join(folder, 'copy-of-wrong.db')
    const run = backUp(copy, { ...stack.environment, DATABASE_URL: `sqlite:${file}` })
    await expect(run).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('wallet_posted') })
    expect(existsSync(copy)).toBe(true)
  })

  it('refuses a store that is not there, and one on PostgreSQL with the tool to use', async () => {
    const copy = join(folder, 'x.db')
    const nothing = join(folder, 'nothing.db')
    await expect(backUp(copy, { ...stack.environment, DATABASE_URL: `sqlite:${nothing}` })).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no database'),
    })
    expect(existsSync(nothing)).toBe(false)
    const peppers = { KEY_PEPPER: 'x'.repeat(32), GUEST_PEPPER: 'y'.repeat(32) }
    const onPostgres = { DATABASE_URL: 'postgres://nobody:nothing@127.0.0.1:1/none', ...peppers }
    await expect(backUp(copy, { ...stack.environment, ...onPostgres })).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('pg_dump'),
    })
    expect(existsSync(copy)).toBe(false)
  })
})

/** Beside the traffic of this very process, so it does not block it. */
async function backUp(file: string, environment = stack.environment): Promise<Record<string, unknown>> {
  const root = join(import.meta.dirname, '../..')
  const { stdout } = await promisify(execFile)(
    join(root, 'node_modules/.bin/node'),
    [join(root, 'packages/server/src/cli/opencredits.ts'), 'backup', '--to', file, '--json'],
    { cwd: root, env: environment },
  )
  return JSON.parse(stdout)
}
