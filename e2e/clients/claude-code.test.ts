import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { balanceOf } from '../process/api-client.ts'
import { anthropicModel, type Customer, families, startCustomer } from './customer.ts'
import { makeHome, runCli } from './run-cli.ts'

let customer: Customer

beforeAll(async () => {
  customer = await startCustomer()
})
afterAll(async () => {
  await customer.stack.close()
})

async function claude(prompt: string, environment: Record<string, string>, model: string = anthropicModel) {
  const { home } = makeHome()
  const run = await runCli(
    'claude',
    ['-p', prompt, '--model', model, '--output-format', 'json', '--allowedTools', 'Read'],
    {
      home,
      environment: {
        ANTHROPIC_BASE_URL: customer.url,
        ANTHROPIC_SMALL_FAST_MODEL: model,
        ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_AUTOUPDATER: '1',
        CLAUDE_CODE_MAX_RETRIES: '0',
        ...environment,
      },
    },
  )
  return { ...run, result: resultOf(run.stdout) }
}

function resultOf(stdout: string): string {
  const lines = stdout.trim().split('\n')
  try {
    return String(JSON.parse(lines.at(-1) ?? '').result)
  } catch {
    return stdout
  }
}

/** What the model is to call the tool with. */
const readInput = Buffer.from(JSON.stringify({ file_path: 'example' })).toString('base64')

describe.each(families)('Claude Code against $family', ({ model }) => {
  it.each([['ANTHROPIC_API_KEY'], ['ANTHROPIC_AUTH_TOKEN']])('answers with %s', async (variable) => {
    const run = await claude('Why is the sky blue?', { [variable]: customer.key }, model)
    expect(run.result, run.stdout + run.stderr).toContain('sandbox speaking')
    expect(run.code).toBe(0)
    await customer.expectExactCharges()
  })

  it('reads a file and answers', async () => {
    const run = await claude(
      `Look [[sandbox: tool=Read tool-input=${readInput}]]`,
      { ANTHROPIC_API_KEY: customer.key },
      model,
    )
    expect(run.result, run.stdout + run.stderr).toContain('swordfish')
    await customer.expectExactCharges()
  })
})

describe('Claude Code', () => {
  it('says what to do when the credits are used up', async () => {
    const run = await claude('Hi', { ANTHROPIC_API_KEY: customer.poorKey })
    expect(run.stdout).toMatch(/Insufficient credits: 0 left, about .* needed/)
    expect(run.code).not.toBe(0)
  })

  it('says what is wrong with a key, at once', async () => {
    const run = await claude('Hi', { ANTHROPIC_API_KEY: 'oc_sk_nobody' })
    expect(run.stdout).toContain('mistyped')
  })

  it('passes through with its own credential: the answer is Anthropic’s, and no credit is touched', async () => {
    const before = await balanceOf(customer.stack, customer.key)
    const run = await claude('Why is the sky blue?', {
      ANTHROPIC_API_KEY: customer.stack.sandbox.providers.apiKey,
      ANTHROPIC_CUSTOM_HEADERS: `x-opencredits-key: Bearer ${customer.key}`,
    })
    expect(run.result, run.stdout + run.stderr).toContain('sandbox speaking')
    expect(await balanceOf(customer.stack, customer.key)).toEqual(before)
    expect((await customer.lastCall())?.headers['x-opencredits-key']).toBeUndefined()
  })
})
