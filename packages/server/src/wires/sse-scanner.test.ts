import { describe, expect, it } from 'vitest'
import { SseScanner } from './sse-scanner.ts'

const recorded = [
  ': a comment\n\n',
  'event: message_start\ndata: {"text":"größer – 🙂"}\n\n',
  'data:{"no":"space"}\n\n',
  'event: ping\r\ndata: {}\r\n\r\n',
  'data: one\ndata: two\n\n',
  'data: [DONE]\n\n',
]

describe('SseScanner', () => {
  const whole = Buffer.from(recorded.join(''))
  const expected = recorded.map((text) => text)

  it('gives the same events whatever the two reads were cut at', () => {
    for (let at = 0; at <= whole.length; at += 1) {
      const scanner = new SseScanner()
      const events = [...scanner.push(whole.subarray(0, at)), ...scanner.push(whole.subarray(at))]
      expect(events.map((event) => event.bytes.toString('utf8'))).toEqual(expected)
    }
  })

  it('gives the same events byte by byte', () => {
    const scanner = new SseScanner()
    const events = [...whole].flatMap((byte) => scanner.push(Buffer.from([byte])))
    expect(Buffer.concat(events.map((event) => event.bytes)).equals(whole)).toBe(true)
    expect(events.map((event) => event.data)).toEqual([
      null,
      '{"text":"größer – 🙂"}',
      '{"no":"space"}',
      '{}',
      'one\ntwo',
      '[DONE]',
    ])
    expect(events.map((event) => event.name)).toEqual([null, 'message_start', null, 'ping', null, null])
  })

  it('keeps what has not ended', () => {
    const scanner = new SseScanner()
    expect(scanner.push(Buffer.from('data: {"cut'))).toEqual([])
    expect(scanner.rest.toString()).toBe('data: {"cut')
  })
})
