import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type PartnerKeys, type Stack, startStack } from '../stack.ts'
import { buyCredits, call, direct } from './api-client.ts'
import { makeBatch, resultsOf, untilSettled } from './batch-client.ts'
import { fromFrame } from './sign-in.ts'

/** Nothing secret and nothing said may be found in a log line or a table, whichever way a call ends. */
const promptCanary = 'canary-prompt-7f3a9c'
const answerCanary = 'canary-answer-51be02'
const providerCanary = 'sk-ant-canary-0d9e4b7711'

let stack: Stack
let partner: PartnerKeys

beforeAll(async () => {
  stack = await startStack({ environment: { LOG_LEVEL: 'trace', BATCH_POLL_MS: '100' } })
  partner = stack.createPartner()
}, 60_000)

afterAll(() => stack.close())

it('no key, code, prompt or response is in any log line, table or file', async () => {
  const { userKey } = await buyCredits(stack, partner, 10)
  const email = 'canary@example.com'
  const login = await call(stack, 'POST', '/v1/login/codes', {
    body: { publishable_key: partner.publishable_key, email },
  })
  const code = await stack.codeFor(email)
  const verified = await call(stack, 'POST', '/v1/login/verify', {
    key: userKey,
    headers: fromFrame(stack),
    body: { login_id: login.body.login_id, code },
  })
  const consented = await call(stack, 'POST', '/v1/login/consent', {
    body: { consent_id: verified.body.consent_id, budget: null, window: 'month' },
  })
  expect(consented.status).toBe(200)
  const signedInKey = String(consented.body.user_key)
  const content = `${promptCanary} [[sandbox: text="${answerCanary}"]]`
  await say(signedInKey, content, false)
  await say(signedInKey, content, true)
  await say(signedInKey, `${promptCanary} [[sandbox: status=500]]`, false)
  await say(signedInKey, `${promptCanary} [[sandbox: cut-after=2]]`, true)
  await leave(signedInKey, content)
  await upload(signedInKey)
  await sendBatch(signedInKey, content)
  await call(stack, 'POST', '/v1/chat/completions', { key: signedInKey, body: `{"model": "${promptCanary}` })
  await call(stack, 'POST', '/v1/messages', {
    key: signedInKey,
    headers: { authorization: `Bearer ${providerCanary}` },
    body: {},
  })
  await call(stack, 'GET', '/v1/credits/balance', { key: `${userKey.slice(0, -1)}x` })
  await stack.kill('SIGTERM')

  const secrets = [
    userKey,
    signedInKey,
    String(login.body.login_id),
    String(verified.body.consent_id),
    String(verified.body.session_token),
    partner.secret_key,
    promptCanary,
    answerCanary,
    providerCanary,
    stack.sandbox.stripe.secretKey,
    ...['key-pepper', 'guest-pepper'].map((name) =>
      readFileSync(join(dirname(databasePath(stack)), name), 'utf8').trim(),
    ),
  ]
  const output = stack.output()
  expect(output).toContain('"msg":"request"')
  const tables = dumpTables(stack)
  expect(tables.find(({ table }) => table === 'kept_responses')?.text).toContain('resp_')
  // What was deleted may still stand in a file.
  const folder = dirname(databasePath(stack))
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => ({ name, bytes: readFileSync(join(parentPath, name)) }))
  expect(files.map(({ name }) => name)).toContainEqual(expect.stringMatching(/^file_/))
  for (const secret of [...secrets, code]) {
    expect(output.includes(secret), `the output holds ${secret.slice(0, 12)}`).toBe(false)
    expect(tables.filter(({ text }) => holds(text, secret, code)).map(({ table }) => table)).toEqual([])
  }
  for (const said of [promptCanary, answerCanary]) {
    expect(files.filter(({ bytes }) => bytes.includes(said)).map(({ name }) => name)).toEqual([])
  }
})

/** Kept responses are the one thing that has what was said in it: sealed. */
async function leave(key: string, input: string): Promise<void> {
  let previous: unknown = null
  for (const model of ['claude-sonnet-4', 'gpt-5', 'gemini-3.8-flash']) {
    const kept = await call(stack, 'POST', '/v1/responses', {
      key,
      body: { model, input, previous_response_id: previous },
    })
    expect(kept.status, JSON.stringify(kept.body)).toBe(200)
    previous = kept.body.id
  }
  const found = await call(stack, 'GET', `/v1/responses/${previous}/input_items`, { key })
  expect(JSON.stringify(found.body)).toContain(promptCanary)
  await call(stack, 'POST', '/v1/responses', { key, body: { model: 'gpt-5', input, stream: true } })
  await call(stack, 'DELETE', `/v1/responses/${previous}`, { key })
}

/** Files are the other, with the names that they were given. */
async function upload(key: string): Promise<void> {
  const body = new FormData()
  body.append('purpose', 'user_data')
  body.append('file', new Blob([`${promptCanary} `.repeat(1_000)]), `${answerCanary}.txt`)
  const sent = await fetch(`${direct(stack)}/v1/files`, { method: 'POST', headers: { 'x-user-key': key }, body })
  const { id } = (await sent.json()) as { id: string }
  const content = [{ type: 'file', file: { file_id: id } }]
  const asked = { model: 'gpt-4o', max_tokens: 20, messages: [{ role: 'user', content }] }
  expect((await call(stack, 'POST', '/v1/chat/completions', { key, body: asked })).status).toBe(200)
  expect((await call(stack, 'GET', `/v1/files/${id}/content`, { key })).body.text).toContain(promptCanary)
  await call(stack, 'GET', `/v1/files?purpose=${promptCanary}`, { key })
}

/** A batch that is settled, its results read; and one whose sending was refused. */
async function sendBatch(key: string, content: string): Promise<void> {
  const id = await makeBatch(stack, key, [content, `${promptCanary} [[sandbox: batch:errored]]`])
  await untilSettled(stack, key)
  expect(JSON.stringify(await resultsOf(stack, key, id))).toContain(answerCanary)
  await stack.sandbox.providers.control.planBatches({ createFailure: 400 }, 1)
  await expect(makeBatch(stack, key, [content])).rejects.toThrow('400')
}

async function say(key: string, content: string, stream: boolean): Promise<void> {
  const response = await fetch(`${direct(stack)}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-user-key': key },
    body: JSON.stringify({ model: 'openai/gpt-4o', stream, max_tokens: 200, messages: [{ role: 'user', content }] }),
  })
  await response.text().catch(() => 'cut')
}

/** Six digits turn up inside longer numbers by chance; a secret never does. */
function holds(text: string, secret: string, code: string): boolean {
  return secret === code ? new RegExp(`"${code}"`).test(text) : text.includes(secret)
}

function databasePath(of: Stack): string {
  return (of.environment.DATABASE_URL ?? '').replace('sqlite:', '')
}

function dumpTables(of: Stack): readonly { readonly table: string; readonly text: string }[] {
  const database = new SqliteDatabase(databasePath(of), { readonly: true })
  const tables = database.prepare("select name from sqlite_master where type = 'table'").all() as { name: string }[]
  const dumps = tables.map(({ name }) => ({
    table: name,
    text: JSON.stringify(database.prepare(`select * from "${name}"`).all()),
  }))
  database.close()
  return dumps
}
