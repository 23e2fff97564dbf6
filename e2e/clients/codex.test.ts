import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Customer, families, startCustomer } from './customer.ts'
import { makeHome, runCli } from './run-cli.ts'

let customer: Customer

beforeAll(async () => {
  customer = await startCustomer()
})
afterAll(async () => {
  await customer.stack.close()
})

function codex(prompt: string, key: string, model: string) {
  const { home } = makeHome()
  mkdirSync(join(home, '.codex'))
  writeFileSync(
    join(home, '.codex', 'config.toml'),
    [
      `model = "${model}"`,
      'model_provider = "opencredits"',
      '[model_providers.opencredits]',
      'name = "OpenCredits"',
      `base_url = "${customer.openaiBaseUrl}"`,
      'env_key = "OPENCREDITS_KEY"',
      'wire_api = "responses"',
      'request_max_retries = 0',
      'stream_max_retries = 0',
    ].join('\n'),
  )
  return runCli('codex', ['exec', '--skip-git-repo-check', '--json', prompt], {
    home,
    environment: { OPENCREDITS_KEY: key },
  })
}

describe.each(families)('Codex against $family', ({ model }) => {
  it('answers', async () => {
    const run = await codex('Why is the sky blue?', customer.key, model)
    expect(run.stdout, run.stderr).toContain('sandbox speaking')
    await customer.expectExactCharges()
  })

  it('says what to do when the credits are used up', async () => {
    const run = await codex('Hi', customer.poorKey, model)
    expect(run.stdout, run.stderr).toContain('Insufficient credits: 0 left')
  })
})
