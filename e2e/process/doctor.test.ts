import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { direct } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'

let caller: Caller

beforeAll(async () => {
  caller = await startCaller()
})
afterAll(() => caller.stack.close())

const run = promisify(execFile)
const cli = resolve(import.meta.dirname, '../../packages/server/src/cli/opencredits.ts')

/** Runs the doctor in a home of its own. */
async function examine(environment: Record<string, string>, settings: object | null = null) {
  const home = mkdtempSync(join(tmpdir(), 'opencredits-doctor-'))
  if (settings !== null) {
    mkdirSync(join(home, '.claude'))
    writeFileSync(join(home, '.claude', 'settings.json'), JSON.stringify(settings))
  }
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
})
