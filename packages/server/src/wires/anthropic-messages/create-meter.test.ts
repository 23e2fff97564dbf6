import { describe, expect, it } from 'vitest'
import { noUsage } from '../../pricing/usage.ts'
import { SseScanner } from '../sse-scanner.ts'
import { createMeter } from './create-meter.ts'
import { parseRequest } from './parse-request.ts'

const messagesRequest = parseRequest({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] })

const event = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
const start = (usage: object) => event('message_start', { message: { usage } })
const said = (delta: object) => event('content_block_delta', { index: 0, delta })
const delta = (usage: object) => event('message_delta', { delta: { stop_reason: 'end_turn' }, usage })

function meterOf(...events: readonly string[]) {
  const meter = createMeter()
  const verdicts = new SseScanner().push(Buffer.from(events.join(''))).map((one) => meter.observe(one))
  return { meter, verdicts }
}

describe('createMeter', () => {
  it('replaces each field that is told again, and adds nothing up', () => {
    const { meter } = meterOf(
      start({ input_tokens: 100, output_tokens: 1 }),
      delta({ output_tokens: 10 }),
      delta({ input_tokens: 120, output_tokens: 25 }),
    )
    expect(meter.reported).toEqual({ inputTokens: 120, outputTokens: 25 })
  })

  it('splits cache writes by their life, and takes an unsplit one for five minutes', () => {
    const split = {
      cache_creation_input_tokens: 70,
      cache_creation: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 40 },
      cache_read_input_tokens: 5,
    }
    expect(meterOf(start(split)).meter.reported).toEqual({
      cacheWrite5mTokens: 30,
      cacheWrite1hTokens: 40,
      cacheReadTokens: 5,
    })
    expect(meterOf(start({ cache_creation_input_tokens: 70 })).meter.reported).toEqual({ cacheWrite5mTokens: 70 })
  })

  it('takes the output of message_start for a beginning, not for a count', () =>
    expect(meterOf(start({ input_tokens: 9, output_tokens: 3 })).meter.reported).toEqual({ inputTokens: 9 }))

  it('counts web searches', () =>
    expect(meterOf(delta({ server_tool_use: { web_search_requests: 2 } })).meter.reported).toEqual({ webSearches: 2 }))

  it('counts the searches that were begun, until the provider counts them', () => {
    const search = event('content_block_start', { content_block: { type: 'server_tool_use', name: 'web_search' } })
    const fetched = event('content_block_start', { content_block: { type: 'server_tool_use', name: 'web_fetch' } })
    expect(meterOf(start({ input_tokens: 9 }), search, fetched, search).meter.reported).toMatchObject({
      inputTokens: 9,
      webSearches: 2,
    })
    const counted = delta({ output_tokens: 3, server_tool_use: { web_search_requests: 1 } })
    expect(meterOf(search, search, counted).meter.reported).toEqual({ outputTokens: 3, webSearches: 1 })
  })

  it('believes nothing of a stream that told an absurd count', () =>
    expect(meterOf(start({ input_tokens: 9 }), delta({ output_tokens: -4 })).meter.reported).toEqual({}))

  it('replaces the runs that were counted before: they are told cumulatively', () => {
    const run = { type: 'message', model: 'm', input_tokens: 9, output_tokens: 4 }
    const advice = { ...run, type: 'advisor_message', model: 'n' }
    const { meter } = meterOf(
      start({ input_tokens: 9, iterations: [{ ...run, output_tokens: 1 }] }),
      delta({ output_tokens: 4, iterations: [run] }),
      delta({ output_tokens: 8, iterations: [run, advice, run] }),
    )
    expect(meter.reported.runs?.map(({ kind }) => kind)).toEqual(['message', 'advisor', 'message'])
  })

  it('shows which runs have begun where a stream is cut before they are counted', () => {
    const block = (content: object) => event('content_block_start', { index: 0, content_block: content })
    const { meter } = meterOf(
      event('message_start', { message: { model: 'claude-a', usage: { input_tokens: 9, iterations: [] } } }),
      block({ type: 'compaction', content: '' }),
      block({ type: 'server_tool_use', name: 'advisor', id: 's1' }),
      block({ type: 'server_tool_use', name: 'web_search', id: 's2' }),
      block({ type: 'fallback', from: { model: 'claude-a' }, to: { model: 'claude-b' } }),
    )
    expect(meter.reported).toEqual({
      inputTokens: 9,
      webSearches: 1,
      runsSeen: { answeredBy: 'claude-a', begun: { compaction: 1, advisor: 1, fallback: 1 } },
    })
  })

  it('keeps an end back whose usage is not known', () => {
    const counted = meterOf(start({ input_tokens: 9 }), delta({ output_tokens: 4 }))
    expect([counted.verdicts, counted.meter.isUsageFinal]).toEqual([['pass', 'pass'], true])
    const silent = meterOf(start({ input_tokens: 9 }), event('message_delta', { delta: { stop_reason: 'end_turn' } }))
    expect([silent.verdicts, silent.meter.isUsageFinal]).toEqual([['pass', 'keep'], false])
    const lied = meterOf(start({ input_tokens: 9 }), delta({ output_tokens: -4 }))
    expect([lied.verdicts, lied.meter.isUsageFinal]).toEqual([['pass', 'keep'], false])
  })

  it('takes counts without a stop reason for counts so far', () => {
    const halfway = event('message_delta', { delta: { stop_reason: null }, usage: { output_tokens: 4 } })
    expect(meterOf(start({ input_tokens: 9 }), halfway).meter.isUsageFinal).toBe(false)
    expect(meterOf(start({ input_tokens: 9 }), halfway, delta({ output_tokens: 8 })).meter.isUsageFinal).toBe(true)
  })

  it('begins an answer that was cut before it had begun', () => {
    const head = { requestId: 'req_1', createdSeconds: 1, request: messagesRequest }
    const cut = (...events: readonly string[]) =>
      new SseScanner()
        .push(Buffer.from(meterOf(...events).meter.cutShort({ ...noUsage, inputTokens: 7 }, head)))
        .map(({ name }) => name)
    expect(cut()).toEqual(['message_start', 'message_delta', 'message_stop'])
    expect(cut(start({ input_tokens: 9 }))).toEqual(['message_delta', 'message_stop'])
  })

  it('gathers text, thinking and tool input, in order', () => {
    const { meter } = meterOf(
      said({ thinking: 'hm ' }),
      said({ text: 'yes ' }),
      said({ partial_json: '{"a":1}' }),
      said({ signature: 'x' }),
    )
    expect([meter.outputText(), meter.outputBytes]).toEqual(['hm yes {"a":1}', 14])
  })

  it('knows the end, an error, and what is neither', () =>
    expect(
      meterOf(
        event('ping', {}),
        ': a comment\n\n',
        'event: content_block_start\ndata: broken{\n\n',
        event('message_stop', {}),
        event('error', { error: {} }),
      ).verdicts,
    ).toEqual(['pass', 'pass', 'broken', 'end', 'fail']))
})
