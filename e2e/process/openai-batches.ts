import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type ApiAnswer, balanceOf, buyCredits, call, direct } from './api-client.ts'
import * as client from './batch-client.ts'
import type { Caller } from './caller.ts'

const chat = '/v1/chat/completions'

/** OpenAI's batches, as tests of a caller's installation. */
export function describeOpenaiBatches(who: () => Caller): void {
  const control = () => who().stack.sandbox.providers.control
  const ask = (method: string, rest = '', options: Parameters<typeof call>[3] = {}): Promise<ApiAnswer> =>
    call(who().stack, method, `/v1/batches${rest}`, { key: who().key, ...options })
  const upload = async (text: string, purpose = 'batch', key = who().key): Promise<string> => {
    const form = new FormData()
    form.append('purpose', purpose)
    form.append('file', new Blob([text], { type: 'application/jsonl' }), 'requests.jsonl')
    const response = await fetch(`${direct(who().stack)}/v1/files`, {
      ...{ method: 'POST', body: form, headers: { 'x-user-key': key } },
    })
    const body = (await response.json()) as { readonly id?: string }
    if (body.id === undefined) throw new Error(JSON.stringify(body))
    return body.id
  }
  const line = (at: number, content: string, more: object = {}, endpoint = chat) => ({
    ...{ custom_id: `mine-${at}`, method: 'POST', url: endpoint },
    body:
      endpoint === chat
        ? { model: 'gpt-4o', max_tokens: 60, messages: [{ role: 'user', content }], ...more }
        : { model: 'gpt-5', max_output_tokens: 60, input: content, ...more },
  })
  const textOf = (lines: readonly object[]) =>
    // Not the same bytes as of another test: those would be the same file.
    `${lines.map((one) => JSON.stringify(one)).join('\n')}\n${' '.repeat(randomUUID().charCodeAt(0))}\n`
  const create = async (text: string, endpoint = chat, more: object = {}) =>
    ask('POST', '', {
      body: { input_file_id: await upload(text), endpoint, completion_window: '24h', ...more },
    })
  const contentOf = async (fileId: unknown, key = who().key) => {
    const response = await fetch(`${direct(who().stack)}/v1/files/${fileId}/content`, {
      headers: { 'x-user-key': key },
    })
    return { status: response.status, text: await response.text() }
  }
  const settled = () => client.untilSettled(who().stack, who().key)
  const spentSince = async ({ balance }: { readonly balance: number }) =>
    Math.round((balance - (await balanceOf(who().stack, who().key)).balance) * 1_000_000)
  const due = async () => (await control().billedItems()).reduce((sum, item) => sum + client.trueBatchCharge(item), 0)

  describe('a batch of OpenAI’s', () => {
    it.each([chat, '/v1/responses'])(
      'of %s is charged what was billed, and gives files with our ids',
      async (endpoint) => {
        await control().planBatches({ isLineDoubled: true, isReshuffled: true }, 1)
        const before = await balanceOf(who().stack, who().key)
        const endings = ['', 'batch:errored', 'batch:expired', '']
        const lines = Array.from({ length: 12 }, (_, at) =>
          line(at, `no. ${at} [[sandbox: tokens=${3 + at} ${endings[at % 4]}]]`, {}, endpoint),
        )
        const made = await create(textOf(lines), endpoint, { metadata: { job: 'nightly' } })
        expect(made.body).toMatchObject({ object: 'batch', endpoint, status: 'in_progress', output_file_id: null })
        await settled()
        expect(await spentSince(before)).toBe(await due())
        expect(await due()).toBeGreaterThan(0)
        const { body } = await ask('GET', `/${made.body.id}`)
        expect(body).toMatchObject({
          ...{ status: 'completed', metadata: { job: 'nightly' }, usage: { total_tokens: expect.any(Number) } },
          request_counts: { total: 12, completed: 6, failed: 6 },
        })
        const [output, errors] = [await contentOf(body.output_file_id), await contentOf(body.error_file_id)]
        const names = (text: string) => [...text.matchAll(/"custom_id":"([^"]+)"/g)].map(([, name]) => name)
        expect(names(output.text).toSorted()).toEqual(['mine-0', 'mine-11', 'mine-3', 'mine-4', 'mine-7', 'mine-8'])
        expect(names(errors.text)).toHaveLength(6)
        const listed = await ask('GET', '?limit=1')
        expect(listed.body).toMatchObject({ object: 'list', data: [{ id: made.body.id }], first_id: made.body.id })
        // To anybody else neither the batch nor its files are there.
        const { userKey: other } = await buyCredits(who().stack, who().partner, 1)
        expect((await ask('GET', `/${made.body.id}`, { key: other })).status).toBe(404)
        expect((await ask('POST', `/${made.body.id}/cancel`, { key: other })).status).toBe(404)
        expect((await contentOf(body.output_file_id, other)).status).toBe(404)
      },
    )

    it('is refused at once, with the line and the field, and leaves nothing behind', async () => {
      const one = line(0, 'one')
      for (const [lines, message, code] of [
        [[one, line(1, 'two', { model: 'claude-sonnet-4' })], 'line 2: body.model: all lines', 'invalid_request'],
        [[line(0, 'x', { model: 'claude-sonnet-4' })], 'line 1: body.model: anthropic/', 'batch_not_supported'],
        [[line(0, 'x', { model: 'grok-4' })], 'line 1: body.model: xai/', 'batch_not_supported'],
        [[line(0, 'x', { stream: true })], 'line 1: body.stream: ', 'invalid_request'],
        [[line(0, 'x', { wheels: 4 })], "line 1: body: Unknown parameter: 'wheels'", 'invalid_request'],
        [[one, one], 'line 2: custom_id: another line', 'invalid_request'],
        [[{ ...one, url: '/v1/responses' }], 'line 1: url: the endpoint', 'invalid_request'],
        [[{ ...one, method: 'GET' }], 'line 1: method: ', 'invalid_request'],
        [['{'], 'line 1: ', 'invalid_request'],
      ] as const) {
        const answer = await create(textOf(lines as readonly object[]))
        expect(answer.status).toBe(400)
        expect(answer.body.error).toMatchObject({ type: code, message: expect.stringContaining(message) })
      }
      expect(
        (await ask('POST', '', { body: { input_file_id: 'file_none', endpoint: chat, completion_window: '24h' } }))
          .status,
      ).toBe(404)
      expect((await balanceOf(who().stack, who().key)).held).toBe(0)
      expect((await control().billedItems()).length).toBe(0)
    })

    it('is canceled, and its cost is found also when its sending was not answered', async () => {
      const before = await balanceOf(who().stack, who().key)
      await control().planBatches({ endsAfterMs: null, isCreateAnswerLost: true }, 1)
      const made = await create(textOf(Array.from({ length: 4 }, (_, at) => line(at, `no. ${at}`))))
      expect(made.body).toMatchObject({ status: 'validating' })
      expect((await ask('POST', `/${made.body.id}/cancel`)).body).toMatchObject({ status: 'cancelling' })
      await settled()
      expect((await ask('GET', `/${made.body.id}`)).body).toMatchObject({
        ...{ status: 'cancelled', request_counts: { total: 4, completed: 2, failed: 2 } },
      })
      expect(await spentSince(before)).toBe(await due())
    })
  })
}
