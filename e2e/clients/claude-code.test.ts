import { describe, expect, it } from 'vitest'
import { balanceOf } from '../process/api-client.ts'
import { families, greeting, refusals, report } from './asks.ts'
import { useCustomer } from './customer.ts'
import { keyFor } from './key-for.ts'
import { makeDesk, type ProgramRun, runProgram } from './run-program.ts'

const customer = useCustomer()
const secret = 'The secret word is quicksilver.'

interface Ask {
  readonly prompt: string
  /** Without one it picks its own. */
  readonly model?: string
  readonly baseUrl?: string
  /** The variables that a user would set for us. */
  readonly environment?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
}

/** One print-mode run on a clean machine, in a folder that has one note. */
function claude({ prompt, model, baseUrl = customer.origin, environment, args = [] }: Ask): Promise<ProgramRun> {
  const desk = makeDesk({ 'note.txt': `${secret}\n` })
  return runProgram('claude', ['-p', prompt, '--allowedTools', 'Read', ...args], {
    desk,
    environment: {
      ANTHROPIC_BASE_URL: baseUrl,
      ...(model === undefined ? {} : { ANTHROPIC_MODEL: model, ANTHROPIC_DEFAULT_HAIKU_MODEL: model }),
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      ...(environment ?? { ANTHROPIC_API_KEY: customer.key }),
    },
  })
}

const readTheNote = `What does the note say? [[sandbox: tool=Read tool-input='{"file_path":"note.txt"}']]`

describe.each(families)('Claude Code, a model of $family', ({ model }) => {
  it('answers', async () => {
    const run = await claude({ model, prompt: greeting.prompt })
    expect(run).toMatchObject({ exitCode: 0, output: `${greeting.answer}\n` })
  })

  it('streams', async () => {
    const args = ['--output-format', 'stream-json', '--include-partial-messages', '--verbose']
    const run = await claude({ model, prompt: greeting.prompt, args })
    const events = run.output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const deltas = events.flatMap(({ event }) => event?.delta?.text ?? [])
    expect(deltas.join('')).toBe(greeting.answer)
    expect(deltas.length).toBeGreaterThan(1)
    expect(events.at(-1)).toMatchObject({ type: 'result', is_error: false, result: greeting.answer })
    expect(events.at(-1).usage.output_tokens).toBeGreaterThan(0)
  })

  it.each(['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN'])(
    'reads a file and answers, with the key in %s',
    async (variable) => {
      const run = await claude({ model, prompt: readTheNote, environment: { [variable]: customer.key } })
      expect(run.exitCode, run.errors).toBe(0)
      expect(run.output).toContain(secret)
      expect(await customer.stack.sandbox.providers.control.calls()).toHaveLength(2)
    },
  )

  it('fits its answer to a schema', async () => {
    const { $schema: _, ...schema } = report.zod.toJSONSchema()
    const args = ['--json-schema', JSON.stringify(schema), '--output-format', 'json']
    const run = await claude({ model, prompt: `${report.prompt} [[sandbox: tool=StructuredOutput]]`, args })
    expect(JSON.parse(run.output)).toMatchObject({ is_error: false, structured_output: report.answer })
  })

  it.each(refusals)('ends at once and says why: $refusal is a $status', async (refusal) => {
    const environment = {
      ANTHROPIC_API_KEY: await keyFor(customer, refusal),
      // Of too many calls it would wait out the minute, again and again; how often is the user's own setting.
      ...(refusal.status === 429 ? { CLAUDE_CODE_MAX_RETRIES: '0' } : {}),
    }
    const run = await claude({ model, prompt: 'Hi', environment })
    expect(run.exitCode).toBe(1)
    expect(run.output + run.errors).toMatch(refusal.message)
    expect(run.durationMs).toBeLessThan(20_000)
  })
})

describe('Claude Code', () => {
  it('reads a file and answers with the model that it picks itself', async () => {
    const run = await claude({ prompt: readTheNote })
    expect(run.exitCode, run.errors + run.output).toBe(0)
    expect(run.output).toContain(secret)
  })

  it('works with a base URL that has /v1 too much', async () => {
    const run = await claude({ model: families[0].model, prompt: greeting.prompt, baseUrl: customer.baseUrl })
    expect(run).toMatchObject({ exitCode: 0, output: `${greeting.answer}\n` })
  })
})

describe('Claude Code, passed through', () => {
  const model = families[0].model
  const ownCredential = 'sandbox-user-own'

  it.each(['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN'])(
    'reads a file on the user’s own credential in %s, and credits are not touched',
    async (variable) => {
      const before = await balanceOf(customer.stack, customer.key)
      const run = await claude({
        model,
        prompt: readTheNote,
        environment: {
          [variable]: ownCredential,
          ANTHROPIC_CUSTOM_HEADERS: `x-opencredits-key: Bearer ${customer.key}`,
        },
      })
      expect(run.exitCode, run.errors + run.output).toBe(0)
      expect(run.output).toContain(secret)
      const calls = await customer.stack.sandbox.providers.control.calls()
      expect(calls.map(({ apiKey }) => apiKey)).toEqual([ownCredential, ownCredential])
      expect(JSON.stringify(calls)).not.toContain(customer.key)
      expect(await balanceOf(customer.stack, customer.key)).toEqual(before)
    },
  )

  it('shows Anthropic’s own error, and credits are not touched', async () => {
    const before = await balanceOf(customer.stack, customer.key)
    const run = await claude({
      model,
      prompt: 'Hi',
      environment: {
        ANTHROPIC_API_KEY: 'wrong-key',
        ANTHROPIC_CUSTOM_HEADERS: `x-opencredits-key: Bearer ${customer.key}`,
        CLAUDE_CODE_MAX_RETRIES: '0',
      },
    })
    expect(run.exitCode).toBe(1)
    expect(run.output + run.errors).toMatch(/invalid x-api-key|Invalid API key/)
    expect(await balanceOf(customer.stack, customer.key)).toEqual(before)
  })
})
