// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { InsufficientCreditsError, OpenCreditsError } from './open-credits-error.ts'
import { toOpenCreditsError } from './read-error.ts'

/** What the packages throw is tried with the packages themselves: e2e/clients/server-entry.test.ts. */

const funds = { needed: 43.5, available: 2.25 }
const openai = {
  ...{ message: 'Too few', type: 'insufficient_credits', param: null, code: '402', request_id: 'req_1' },
  ...funds,
}
const anthropic = {
  ...{ type: 'error', request_id: 'req_1' },
  error: { type: 'insufficient_credits', message: 'Too few', ...funds },
}
const expected = { name: 'InsufficientCreditsError', code: 'insufficient_credits', status: 402, requestId: 'req_1' }

describe('toOpenCreditsError', () => {
  it.each([
    ['OpenAI’s package, which gives the inside of the body', { status: 402, error: openai }],
    ['Anthropic’s package, which gives the whole body', { status: 402, error: anthropic }],
    ['the middle of a stream, where only the body tells the status', { error: openai }],
    ['the AI SDK, which gives text', { statusCode: 402, responseBody: JSON.stringify({ error: openai }), data: {} }],
    ['a retry’s last error', { lastError: { statusCode: 402, responseBody: JSON.stringify(anthropic) } }],
    ['a cause', new Error('outer', { cause: { status: 402, error: openai } })],
  ])('reads %s', (_label, thrown) => {
    const error = toOpenCreditsError(thrown)
    expect(error).toBeInstanceOf(InsufficientCreditsError)
    expect(error).toMatchObject({ ...expected, message: 'Too few', ...funds, cause: thrown })
  })

  it('takes the request id of the headers where the body, relayed from a provider, has none', () => {
    const error = { type: 'invalid_request_error', message: 'No such tool' }
    const headers = new Headers({ 'request-id': 'req_2' })
    expect(toOpenCreditsError({ status: 400, error, headers })).toMatchObject({
      ...{ name: 'OpenCreditsError', code: 'invalid_request_error', status: 400, requestId: 'req_2' },
    })
    const responseBody = JSON.stringify({ error })
    expect(
      toOpenCreditsError({ statusCode: 400, responseBody, responseHeaders: { 'request-id': 'req_3' } }),
    ).toMatchObject({ requestId: 'req_3' })
  })

  it('reads a limit that was reached the same way, under its own code: the page opens the checkout with it', () => {
    const reached = { ...openai, type: 'key_budget_exceeded', message: 'Limit reached' }
    const error = toOpenCreditsError({ status: 402, error: reached })
    expect(error).toBeInstanceOf(InsufficientCreditsError)
    expect(error).toMatchObject({ code: 'key_budget_exceeded', status: 402, ...funds })
    expect(JSON.parse(JSON.stringify(error))).toEqual({ error: reached })
  })

  it('has no number where the server gave none', () => {
    const read = toOpenCreditsError({ status: 402, error: { type: 'insufficient_credits', message: 'None' } })
    expect(read).toMatchObject({ needed: undefined, available: undefined })
    expect(JSON.stringify(read)).not.toContain('needed')
  })

  it.each([
    ['a mistake in the code', new TypeError('x is not a function')],
    ['a cut connection', Object.assign(new Error('Connection error.'), { cause: new Error('ECONNRESET') })],
    ['a page of a proxy', { statusCode: 502, responseBody: '<html>' }],
    ['nothing', undefined],
    ['a text', 'insufficient_credits'],
    ['an error that is its own cause', ownCause()],
  ])('gives null for %s', (_label, thrown) => expect(toOpenCreditsError(thrown)).toBeNull())

  it('gives back what is one already', () => {
    const error = new OpenCreditsError('rate_limited', 'Slowly')
    expect(toOpenCreditsError(error)).toBe(error)
  })

  it('goes on to a page as the body that OpenCredits itself answers with', () => {
    const read = toOpenCreditsError({ status: 402, error: anthropic })
    expect(JSON.parse(JSON.stringify(read))).toEqual({ error: openai })
  })
})

function ownCause(): Error {
  const error = new Error('round and round')
  error.cause = error
  return error
}
