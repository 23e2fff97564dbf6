import { describe, expect, it } from 'vitest'
import { noUsage } from '../../pricing/usage.ts'
import { SseScanner } from '../sse-scanner.ts'
import { createMeter } from './create-meter.ts'
import { parseRequest } from './parse-request.ts'

const chunk = (data: object) => `data: ${JSON.stringify(data)}\n\n`
const said = (content: string, index = 0) => ({ index, delta: { content }, finish_reason: null })
const finish = (index = 0) => ({ index, delta: {}, finish_reason: 'stop' })
const usage = { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 }
const requestOf = (more: object = {}) =>
  parseRequest({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], stream: true, ...more })

function meterOf(request: ReturnType<typeof requestOf>, ...events: readonly string[]) {
  const meter = createMeter(request)
  const verdicts = new SseScanner().push(Buffer.from(events.join(''))).map((one) => meter.observe(one))
  return { meter, verdicts }
}

describe('createMeter', () => {
  it('keeps the finish back until the usage chunk, which it drops where nobody asked for it', () => {
    const events = [chunk({ choices: [said('Hi')] }), chunk({ choices: [finish()] }), chunk({ choices: [], usage })]
    const silent = meterOf(requestOf(), ...events, 'data: [DONE]\n\n')
    expect(silent.verdicts).toEqual(['pass', 'keep', 'drop', 'end'])
    expect(silent.meter).toMatchObject({ isUsageFinal: true, reported: { inputTokens: 10, outputTokens: 4 } })
    const asked = meterOf(requestOf({ stream_options: { include_usage: true } }), ...events)
    expect(asked.verdicts).toEqual(['pass', 'keep', 'pass'])
  })

  it('lets a finish pass that brings its usage along, as Google and xAI send it', () => {
    const so = { ...usage, completion_tokens: 1, total_tokens: 11 }
    const events = [chunk({ choices: [said('Hi')], usage: so }), chunk({ choices: [finish()], usage })]
    const { meter, verdicts } = meterOf(requestOf(), ...events)
    expect([verdicts, meter.isUsageFinal, meter.reported.outputTokens]).toEqual([['pass', 'pass'], true, 4])
  })

  it('takes counts on the way for counts so far', () => {
    const { meter } = meterOf(requestOf(), chunk({ choices: [said('Hi')], usage }))
    expect([meter.isUsageFinal, meter.reported.outputTokens]).toEqual([false, 4])
  })

  it('waits for the last of several answers', () => {
    const two = requestOf({ n: 2 })
    const first = [chunk({ choices: [finish(0)], usage }), chunk({ choices: [said('Hi', 1)], usage })]
    expect(meterOf(two, ...first).meter.isUsageFinal).toBe(false)
    const last = chunk({ choices: [finish(1)], usage: { ...usage, completion_tokens: 8, total_tokens: 18 } })
    const whole = meterOf(two, ...first, last)
    expect([whole.verdicts, whole.meter.isUsageFinal]).toEqual([['keep', 'pass', 'pass'], true])
  })

  it('believes no absurd count, and keeps the finish to the end', () => {
    const lie = { ...usage, completion_tokens: -4 }
    const { meter, verdicts } = meterOf(requestOf(), chunk({ choices: [finish()] }), chunk({ choices: [], usage: lie }))
    expect([verdicts, meter.isUsageFinal]).toEqual([['keep', 'drop'], false])
  })

  it('knows the end, an error, and what is no event', () =>
    expect(
      meterOf(requestOf(), ': ping\n\n', 'data: {"choices\n\n', 'data: [DONE]\n\n', chunk({ error: { message: '' } }))
        .verdicts,
    ).toEqual(['pass', 'broken', 'end', 'fail']))

  it('begins an answer that was cut before it had begun', () => {
    const request = requestOf({ n: 2 })
    const head = { requestId: 'req_1', createdSeconds: 7, request }
    const cut = meterOf(request).meter.cutShort(noUsage, head)
    expect(JSON.parse(cut.split('\n\n')[0]?.replace('data: ', '') ?? '')).toMatchObject({
      ...{ id: 'chatcmpl-req_1', object: 'chat.completion.chunk', created: 7, model: 'm' },
      choices: [0, 1].map((index) => ({ index, delta: { role: 'assistant' }, finish_reason: 'length' })),
    })
    expect(cut.endsWith('data: [DONE]\n\n')).toBe(true)
  })
})
