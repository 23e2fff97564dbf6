import { describe, expect, it } from 'vitest'
import { describeSeen } from './describe-seen.ts'
import type { Seen } from './read-seen.ts'

const app = { terms: { origins: ['https://app.example'], allowsLocalhost: false }, isSandbox: false }
const see = (kind: Seen['kind'], subject: string) =>
  describeSeen({ id: 'see_1', kind, subject, times: 2, firstAtMs: 1_000, lastAtMs: 2_999 }, app)

describe('describeSeen', () => {
  it.each<[Seen['kind'], string, string, string | null]>([
    ['page_seen', 'https://app.example', 'good', 'Your page at https://app.example loaded the SDK.'],
    ['origin_refused', 'null', 'problem', 'opened as a file'],
    ['origin_refused', 'http://app.example', 'problem', 'cannot be added'],
    ['origin_refused', 'malformed', 'problem', 'no web address'],
    ['origin_refused', 'https://app.example', 'info', 'was refused until its origin was added'],
    ['checkout_refused', 'payments_unavailable', 'problem', 'could not be opened: payments_unavailable'],
    ['call_paid', 'chat_completions openai/gpt-4o', 'good', 'A call of openai/gpt-4o at /v1/chat/completions was paid'],
    ['call_paid', 'messages anthropic/claude', 'good', 'at /v1/messages'],
    ['call_failed', '400 openai/gpt-4o', 'problem', 'was refused with 400'],
    ['call_failed', '529 openai/gpt-4o', 'problem', 'was not answered by its provider'],
    [
      'call_refused',
      '/v1/messages insufficient_credits',
      'info',
      'A call at /v1/messages was refused: insufficient_credits',
    ],
    ['call_refused', '/v1/messages model_not_allowed', 'problem', 'model_not_allowed'],
    ['key_misused', 'other_world', 'problem', 'of the other world'],
    ['key_misused', 'rk', 'problem', 'restricted key'],
    ['webhook_failed', 'answered 500', 'problem', 'answered 500'],
  ])('%s of %s is %s: %s', (kind, subject, level, message) => {
    const entry = see(kind, subject)
    expect(entry).toMatchObject({ level, message: expect.stringContaining(message ?? ''), allow_origin: null })
    // Whatever is wrong comes with what to do.
    if (level === 'problem') expect(entry.advice).toMatch(/^\w.{10,}\.$/)
  })

  it('offers to add an origin that can be added, and is not there', () => {
    expect(see('origin_refused', 'https://new.example')).toMatchObject({
      ...{ level: 'problem', allow_origin: 'https://new.example', times: 2, first_at: 1, last_at: 2 },
      message: 'A page at https://new.example is not an allowed origin: add it if it is yours.',
    })
    expect(see('origin_refused', 'http://localhost:5173').message).toMatch(/^Your page at .*: add it\.$/)
  })
})
