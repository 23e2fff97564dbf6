import type { ProviderCall } from '@opencredits/sandbox'
import type { PartnerKeys, Stack } from '../stack.ts'
import { type ApiAnswer, buyCredits, call } from './api-client.ts'
import { startProcessStack } from './process-stack.ts'

/** A user with 100 000 credits who calls models, and what the provider saw of it. */
export interface Caller {
  readonly stack: Stack
  readonly partner: PartnerKeys
  readonly key: string
  chat(content: string, more?: Record<string, unknown>, userKey?: string): Promise<ApiAnswer>
  message(content: string, more?: Record<string, unknown>, userKey?: string): Promise<ApiAnswer>
  /** The request's own record. */
  record(id: unknown, userKey?: string): Promise<Record<string, unknown>>
  calls(): Promise<readonly ProviderCall[]>
  lastCall(): Promise<ProviderCall | undefined>
}

export async function startCaller(environment: Record<string, string> = {}): Promise<Caller> {
  const stack = await startProcessStack(environment)
  const partner = stack.createPartner()
  const { userKey: key } = await buyCredits(stack, partner, 1000)
  const calls = () => stack.sandbox.providers.control.calls()
  return {
    stack,
    partner,
    key,
    calls,
    lastCall: async () => (await calls()).at(-1),
    chat: (content, more = {}, userKey = key) =>
      call(stack, 'POST', '/v1/chat/completions', {
        key: userKey,
        body: { model: 'gpt-4o', messages: [{ role: 'user', content }], ...more },
      }),
    message: (content, more = {}, userKey = key) =>
      call(stack, 'POST', '/v1/messages', {
        key: userKey,
        body: { model: 'claude-sonnet-4', max_tokens: 1000, messages: [{ role: 'user', content }], ...more },
      }),
    record: async (id, userKey = key) =>
      (await call(stack, 'GET', `/v1/credits/requests/${id}`, { key: userKey })).body,
  }
}
