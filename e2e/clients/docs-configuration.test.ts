import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { balanceOf } from '../process/api-client.ts'
import { greeting } from './asks.ts'
import { useCustomer } from './customer.ts'
import { type Desk, makeDesk, runProgram } from './run-program.ts'

/** The configuration that docs/clients shows for programs is given to these programs, word for word but for address and key. */

const root = resolve(import.meta.dirname, '../..')
const customer = useCustomer()

function blockOf(page: string, language: string, about: RegExp): string {
  const text = readFileSync(join(root, 'docs/clients', page), 'utf8')
  const blocks = [...text.matchAll(/^```(\w+)[^\n]*\n(.*?)^```$/gms)]
  const found = blocks.filter(([, told, code = '']) => told === language && about.test(code)).map(([, , code]) => code)
  expect(found, `${page}: blocks of ${language} with ${about}`).toHaveLength(1)
  return String(found[0]).replaceAll('https://credits.example', customer.origin).replaceAll('oc_sk_…', customer.key)
}

/** What `export` lines set. */
function exportsOf(code: string): Record<string, string> {
  const set = [...code.matchAll(/^export (\w+)=("?)(.*)\2$/gm)].map(([, name, , value]) => [name, value])
  expect(set.length).toBeGreaterThan(0)
  return Object.fromEntries(set)
}

async function askClaude(desk: Desk, environment: Record<string, string>): Promise<void> {
  const quiet = { ...environment, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' }
  const run = await runProgram('claude', ['-p', greeting.prompt], { desk, environment: quiet })
  expect(run, run.errors).toMatchObject({ exitCode: 0, output: `${greeting.answer}\n` })
}

/** The doctor on the same desk with the same variables. */
function whoPays(
  desk: Desk,
  environment: Record<string, string>,
): { readonly status: number | null; readonly paidBy: string } {
  const cli = join(root, 'packages/server/src/cli/opencredits.ts')
  const env = { PATH: process.env.PATH ?? '', HOME: desk.home, ...environment }
  const run = spawnSync(process.execPath, [cli, 'doctor', '--json'], { cwd: desk.work, env, encoding: 'utf8' })
  return { status: run.status, paidBy: JSON.parse(run.stdout).paidBy }
}

describe('docs/clients/claude-code.md', () => {
  it('sets up calls on credits by variables', async () => {
    const desk = makeDesk()
    const environment = exportsOf(blockOf('claude-code.md', 'sh', /ANTHROPIC_AUTH_TOKEN/))
    const before = await balanceOf(customer.stack, customer.key)
    expect(whoPays(desk, environment)).toEqual({ status: 0, paidBy: 'credits' })
    await askClaude(desk, environment)
    expect((await balanceOf(customer.stack, customer.key)).balance).toBeLessThan(before.balance)
  })

  it('sets up calls on credits by a settings file', async () => {
    const desk = makeDesk()
    mkdirSync(join(desk.work, '.claude'))
    writeFileSync(join(desk.work, '.claude/settings.json'), blockOf('claude-code.md', 'json', /ANTHROPIC_AUTH_TOKEN/))
    const before = await balanceOf(customer.stack, customer.key)
    expect(whoPays(desk, {})).toEqual({ status: 0, paidBy: 'credits' })
    await askClaude(desk, {})
    expect((await balanceOf(customer.stack, customer.key)).balance).toBeLessThan(before.balance)
  })

  it('sets up pass-through beside a key of one’s own, and credits are not touched', async () => {
    const desk = makeDesk()
    const own = 'sandbox-user-own'
    const shown = exportsOf(blockOf('claude-code.md', 'sh', /ANTHROPIC_CUSTOM_HEADERS/))
    const environment = { ...shown, ANTHROPIC_API_KEY: own, ANTHROPIC_MODEL: 'claude-sonnet-4-20250514' }
    const before = await balanceOf(customer.stack, customer.key)
    expect(whoPays(desk, environment)).toEqual({ status: 0, paidBy: 'your own Anthropic credential' })
    await askClaude(desk, environment)
    const calls = await customer.stack.sandbox.providers.control.calls()
    expect(new Set(calls.map(({ apiKey }) => apiKey))).toEqual(new Set([own]))
    expect(await balanceOf(customer.stack, customer.key)).toEqual(before)
  })
})

describe('docs/clients/codex.md', () => {
  it('sets up Codex', async () => {
    const desk = makeDesk()
    const codexHome = join(desk.home, '.codex')
    mkdirSync(codexHome)
    writeFileSync(join(codexHome, 'config.toml'), blockOf('codex.md', 'toml', /model_provider/))
    const environment = exportsOf(blockOf('codex.md', 'sh', /OPENCREDITS_KEY/))
    const args = ['exec', '--json', '--ephemeral', '--skip-git-repo-check', '--sandbox', 'danger-full-access']
    const run = await runProgram('codex', [...args, greeting.prompt], { desk, environment })
    expect(run.exitCode, run.errors + run.output).toBe(0)
    expect(run.output).toContain(greeting.answer)
  })
})
