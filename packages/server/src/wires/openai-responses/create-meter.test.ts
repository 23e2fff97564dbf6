import { describe, expect, it } from 'vitest'
import { noUsage } from '../../pricing/usage.ts'
import { SseScanner } from '../sse-scanner.ts'
import { createMeter } from './create-meter.ts'
import { parseRequest } from './parse-request.ts'

const event = (type: string, data: object = {}) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
const created = event('response.created', { sequence_number: 0, response: { id: 'resp_1', status: 'in_progress' } })
const whole = { id: 'resp_1', output: [], usage: { input_tokens: 10, output_tokens: 4 } }
const request = parseRequest({ model: 'm', input: 'Hi', stream: true })
const head = { requestId: 'req_1', createdSeconds: 7, request }

function meterOf(...events: readonly string[]) {
  const meter = createMeter(null, null)
  const verdicts = new SseScanner().push(Buffer.from(events.join(''))).map((one) => meter.observe(one))
  return { meter, verdicts }
}

const eventsOf = (text: string) =>
  new SseScanner().push(Buffer.from(text)).map(({ data }) => JSON.parse(data ?? '') as Record<string, unknown>)

describe('createMeter', () => {
  it.each(['response.completed', 'response.incomplete'])('%s is the end, with its usage', (type) => {
    const { meter, verdicts } = meterOf(created, event(type, { response: whole }))
    expect([verdicts, meter.isUsageFinal, meter.reported]).toEqual([
      ['pass', 'end'],
      true,
      { inputTokens: 10, outputTokens: 4, cacheReadTokens: 0 },
    ])
  })

  it('a failed response is a failure, and still counts', () => {
    const { meter, verdicts } = meterOf(created, event('response.failed', { response: whole }))
    expect([verdicts, meter.isUsageFinal]).toEqual([['pass', 'fail'], true])
  })

  it('an end without a usage counts nothing', () =>
    expect(meterOf(event('response.completed', { response: { output: [] } })).meter.isUsageFinal).toBe(false))

  it('counts the searches that were begun, until the provider counts them', () => {
    const search = event('response.output_item.added', { item: { type: 'web_search_call', id: 'ws_1' } })
    expect(meterOf(created, search, search).meter.reported).toEqual({ webSearches: 2 })
    const { meter } = meterOf(created, search, event('response.completed', { response: whole }))
    expect(meter.reported).toEqual({ inputTokens: 10, outputTokens: 4, cacheReadTokens: 0 })
  })

  it('gathers what is said, and the names of tools', () => {
    const called = { item: { type: 'function_call', name: 'look_up' } }
    const { meter } = meterOf(
      event('response.output_text.delta', { delta: 'Hi ' }),
      event('response.output_item.added', called),
      event('response.function_call_arguments.delta', { delta: '{}' }),
    )
    expect([meter.outputText(), meter.outputBytes]).toEqual(['Hi look_up{}', 12])
  })

  it('what is no event is broken', () => expect(meterOf('data: {"type\n\n').verdicts).toEqual(['broken']))

  it('begins an answer that was cut before it had begun, and goes on with one that had', () => {
    const cut = (...events: readonly string[]) => eventsOf(meterOf(...events).meter.cutShort(noUsage, head))
    expect(cut().map(({ type }) => type)).toEqual(['response.created', 'response.incomplete'])
    expect(cut()[1]).toMatchObject({
      response: { id: 'resp_1', status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    })
    expect(cut(created)).toMatchObject([{ type: 'response.incomplete', response: { id: 'resp_1' } }])
  })
})
