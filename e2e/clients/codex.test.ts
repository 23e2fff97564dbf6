import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { families, greeting, refusals, report } from './asks.ts'
import { useCustomer } from './customer.ts'
import { keyFor } from './key-for.ts'
import { makeDesk, runProgram } from './run-program.ts'

const customer = useCustomer()
const secret = 'The secret word is quicksilver.'

interface Ask {
  readonly prompt: string
  readonly model: string
  readonly key?: string
  /** Its own default is 5, of whatever status. */
  readonly retries?: number
  readonly schema?: object
}

interface Turn {
  readonly exitCode: number | null
  readonly durationMs: number
  readonly errors: string
  /** What `--json` tells, one event a line. */
  readonly events: readonly CodexEvent[]
}

interface CodexEvent {
  readonly type: string
  readonly item?: { readonly type: string; readonly text?: string; readonly aggregated_output?: string }
  readonly usage?: { readonly output_tokens: number }
}

/** One `codex exec` on a clean machine that knows us as a provider, in a folder that has one note. */
async function codex({ prompt, model, key = customer.key, retries = 0, schema }: Ask): Promise<Turn> {
  const desk = makeDesk({ 'note.txt': `${secret}\n` })
  const codexHome = join(desk.home, 'codex')
  mkdirSync(codexHome)
  writeFileSync(join(codexHome, 'config.toml'), configFor(model, retries))
  const schemaFile = join(desk.home, 'schema.json')
  writeFileSync(schemaFile, JSON.stringify(schema ?? {}))
  const args = ['exec', '--json', '--ephemeral', '--skip-git-repo-check', '--sandbox', 'danger-full-access']
  const { exitCode, durationMs, output, errors } = await runProgram(
    'codex',
    [...args, ...(schema === undefined ? [] : ['--output-schema', schemaFile]), prompt],
    { desk, environment: { CODEX_HOME: codexHome, OPENCREDITS_KEY: key } },
  )
  const lines = output.split('\n').filter((line) => line.startsWith('{'))
  return { exitCode, durationMs, errors, events: lines.map((line) => JSON.parse(line)) }
}

function configFor(model: string, retries: number): string {
  return `
model = ${JSON.stringify(model)}
model_provider = "opencredits"

[model_providers.opencredits]
name = "OpenCredits"
base_url = ${JSON.stringify(customer.baseUrl)}
env_key = "OPENCREDITS_KEY"
wire_api = "responses"
request_max_retries = ${retries}
stream_max_retries = ${retries}
`
}

const lastMessage = ({ events }: Turn) => events.findLast(({ item }) => item?.type === 'agent_message')?.item?.text

describe.each(families)('Codex, a model of $family', ({ model }) => {
  it('answers, from a stream', async () => {
    const turn = await codex({ model, prompt: greeting.prompt })
    expect(turn.exitCode, JSON.stringify(turn.events)).toBe(0)
    expect(lastMessage(turn)).toBe(greeting.answer)
    expect(turn.events.at(-1)?.usage?.output_tokens).toBeGreaterThan(0)
  })

  it('runs a command and answers', async () => {
    const turn = await codex({
      model,
      prompt: `What does the note say? [[sandbox: tool=exec_command tool-input='{"cmd":"cat note.txt"}']]`,
    })
    expect(turn.exitCode, JSON.stringify(turn.events)).toBe(0)
    const command = turn.events.findLast(({ item }) => item?.type === 'command_execution')
    expect(command?.item?.aggregated_output).toBe(`${secret}\n`)
    const calls = await customer.stack.sandbox.providers.control.calls()
    expect(calls).toHaveLength(2)
    expect(JSON.stringify(calls[1]?.body)).toContain(secret)
    expect(lastMessage(turn)).toMatch(/^The tool answered/)
  })

  it('fits its answer to a schema', async () => {
    const { $schema: _, ...schema } = report.zod.toJSONSchema()
    const turn = await codex({ model, prompt: report.prompt, schema })
    expect(turn.exitCode, JSON.stringify(turn.events)).toBe(0)
    expect(JSON.parse(lastMessage(turn) ?? '')).toEqual(report.answer)
  })

  it.each(refusals)('ends and says why: $refusal is a $status', async (refusal) => {
    const turn = await codex({ model, prompt: 'Hi', key: await keyFor(customer, refusal) })
    expect(turn.exitCode).toBe(1)
    // Of a 429 it tells the status alone.
    const expected = refusal.status === 429 ? /429 Too Many Requests/ : refusal.message
    expect(JSON.stringify(turn.events.at(-1))).toMatch(expected)
  })
})

describe('Codex', () => {
  it('gives up without credits as it is out of the box, too, and says so in the end', async () => {
    const turn = await codex({ model: families[1].model, prompt: 'Hi', key: customer.brokeKey, retries: 5 })
    expect(turn.exitCode).toBe(1)
    expect(JSON.stringify(turn.events.at(-1))).toContain('Top up')
    expect(turn.durationMs).toBeLessThan(30_000)
  })
})
