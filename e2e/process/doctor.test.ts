import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buyCredits, call, direct } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'

let caller: Caller

beforeAll(async () => {
  caller = await startCaller()
})
afterAll(() => caller.stack.close())

const run = promisify(execFile)
const cli = resolve(import.meta.dirname, '../../packages/server/src/cli/opencredits.ts')

/** Runs the doctor in a home of its own. */
async function examine(
  environment: Record<string, string>,
  settings: object | null = null,
  { isLoggedIn = false }: { readonly isLoggedIn?: boolean } = {},
) {
  const home = mkdtempSync(join(tmpdir(), 'opencredits-doctor-'))
  mkdirSync(join(home, '.claude'))
  if (settings !== null) writeFileSync(join(home, '.claude', 'settings.json'), JSON.stringify(settings))
  if (isLoggedIn) writeFileSync(join(home, '.claude', '.credentials.json'), '{}')
  const env = { PATH: process.env.PATH ?? '', HOME: home, ...environment }
  try {
    const { stdout } = await run(process.execPath, [cli, 'doctor', '--json'], { cwd: home, env })
    return { code: 0, text: stdout, report: JSON.parse(stdout) }
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string }
    return { code, text: stdout, report: JSON.parse(stdout) }
  }
}

describe('opencredits doctor', () => {
  it('finds the key good and tells the balance, and never the key', async () => {
    const { code, text, report } = await examine({
      ANTHROPIC_BASE_URL: direct(caller.stack),
      ANTHROPIC_AUTH_TOKEN: caller.key,
    })
    expect(report).toMatchObject({
      paidBy: 'credits',
      ok: true,
      serverReport: { reachable: true, billedTo: 'credits', balance: 100_000 },
    })
    expect(code).toBe(0)
    expect(text).not.toContain(caller.key)
  })

  it('reads Claude Code’s settings, and sees that they override the environment', async () => {
    const { report } = await examine(
      { ANTHROPIC_BASE_URL: 'https://elsewhere.example' },
      {
        env: {
          ANTHROPIC_BASE_URL: direct(caller.stack),
          ANTHROPIC_API_KEY: 'sk-ant-something-or-other',
          ANTHROPIC_CUSTOM_HEADERS: `x-opencredits-key: Bearer ${caller.key}`,
        },
      },
    )
    expect(report).toMatchObject({ paidBy: 'your own Anthropic credential', serverReport: { billedTo: 'passthrough' } })
    expect(report.overridden[0]).toMatch(/^ANTHROPIC_BASE_URL: .*settings\.json overrides the environment$/)
  })

  it('says what is wrong, and ends with 1', async () => {
    const revoked = await examine({ ANTHROPIC_BASE_URL: direct(caller.stack), ANTHROPIC_API_KEY: 'oc_sk_nobody' })
    expect(revoked.report.traps.map(({ code }: { code: string }) => code)).toEqual(['mistyped_key', 'refused'])
    const gone = await examine({ ANTHROPIC_BASE_URL: 'http://127.0.0.1:9', ANTHROPIC_API_KEY: caller.key })
    expect(gone.report.traps.map(({ code }: { code: string }) => code)).toEqual(['unreachable'])
    const other = await examine({
      ANTHROPIC_BASE_URL: caller.stack.sandbox.stripe.apiBase,
      ANTHROPIC_API_KEY: caller.key,
    })
    expect(other.report.traps.map(({ code }: { code: string }) => code)).toEqual(['not_opencredits'])
    expect([revoked.code, gone.code, other.code]).toEqual([1, 1, 1])
  })

  it('finds nothing wrong with pass-through on a Claude login, and misses one that is not there', async () => {
    const environment = {
      ANTHROPIC_BASE_URL: direct(caller.stack),
      ANTHROPIC_CUSTOM_HEADERS: `x-opencredits-key: Bearer ${caller.key}`,
    }
    // A Mac keeps the login in its keychain, where nobody can see it.
    const withLogin = await examine(environment, null, { isLoggedIn: true })
    expect(withLogin).toMatchObject({
      code: 0,
      report: { paidBy: 'your Claude login', traps: [], serverReport: { billedTo: 'passthrough', balance: 100_000 } },
    })
    if (process.platform === 'darwin') return
    const without = await examine(environment)
    expect(without).toMatchObject({ code: 1, report: { paidBy: 'nobody', traps: [{ code: 'refused' }] } })
  })

  it('asks for the key of OpenAI’s clients too', async () => {
    const OPENAI_BASE_URL = `${direct(caller.stack)}/v1`
    expect(await examine({ OPENAI_BASE_URL, OPENAI_API_KEY: caller.key })).toMatchObject({
      code: 0,
      report: { openai: { paidBy: 'credits', serverReport: { billedTo: 'credits', balance: 100_000 } } },
    })
    expect(await examine({ OPENAI_BASE_URL, OPENAI_API_KEY: 'sk-proj-of-another-service' })).toMatchObject({
      code: 1,
      report: { openai: { paidBy: 'nobody' }, traps: [{ code: 'refused' }] },
    })
  })

  it('tells a key without credits, and one that was revoked', async () => {
    const created = await call(caller.stack, 'POST', '/v1/checkout/sessions', {
      body: { publishable_key: caller.partner.publishable_key, amount: 5 },
    })
    const empty = await examine({
      ANTHROPIC_BASE_URL: direct(caller.stack),
      ANTHROPIC_AUTH_TOKEN: String(created.body.user_key),
    })
    expect(empty).toMatchObject({ code: 1, report: { traps: [{ code: 'no_credits' }], serverReport: { balance: 0 } } })
    const { userKey } = await buyCredits(caller.stack, caller.partner, 5)
    await call(caller.stack, 'POST', '/v1/logout', { key: userKey })
    const revoked = await examine({ ANTHROPIC_BASE_URL: direct(caller.stack), ANTHROPIC_AUTH_TOKEN: userKey })
    expect(revoked).toMatchObject({
      code: 1,
      report: { traps: [{ code: 'refused', message: expect.stringContaining('revoked') }] },
    })
  })

  it('sends no key where no OpenCredits server answers, follows no redirect, and keeps other services’ keys back', async () => {
    const heard: IncomingHttpHeaders[] = []
    let answer: 'another' | 'redirect' | 'ours' = 'another'
    const listener = createServer((request, response) => {
      heard.push(request.headers)
      const headers = answer === 'redirect' ? { location: `${direct(caller.stack)}${request.url}` } : {}
      response.writeHead(answer === 'redirect' ? 307 : 200, headers)
      const isHealth = request.url === '/v1/health'
      const route = { billed_to: 'nobody', reason: `\u001b[2J${request.headers['x-opencredits-key']}` }
      response.end(answer === 'ours' ? JSON.stringify(isHealth ? { status: 'ok', mode: 'live' } : route) : '{}')
    })
    const port = await new Promise<number>((listening) => {
      listener.listen(0, '127.0.0.1', () => listening((listener.address() as { port: number }).port))
    })
    const own = 'sk-ant-api03-mine-and-nobody-elses'
    const environment = {
      ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`,
      ANTHROPIC_API_KEY: own,
      ANTHROPIC_CUSTOM_HEADERS: `x-opencredits-key: Bearer ${caller.key}`,
    }
    for (answer of ['another', 'redirect'] as const) {
      expect((await examine(environment)).report.traps).toMatchObject([{ code: 'not_opencredits' }])
    }
    expect(heard).toHaveLength(2)
    expect(JSON.stringify(heard)).not.toContain(caller.key)
    answer = 'ours'
    const { report, text } = await examine(environment)
    expect(JSON.stringify(heard)).toContain(caller.key)
    expect(JSON.stringify(heard)).not.toContain(own)
    // What the server repeats is masked, and what would steer the terminal is taken out.
    expect(report.traps[0].message).toBe(` [2JBearer oc_sk_…${caller.key.slice(-4)}`)
    expect(text).not.toContain(caller.key)
    await new Promise((closed) => listener.close(closed))
  })

  it('names what no header can carry instead of blaming the server', async () => {
    const { report } = await examine({ ANTHROPIC_BASE_URL: direct(caller.stack), ANTHROPIC_AUTH_TOKEN: 'oc_sk_…' })
    expect(report.traps.map(({ code }: { code: string }) => code)).toEqual(['unsendable_key', 'mistyped_key'])
    expect(report.serverReport.reachable).toBe(true)
  })
})
