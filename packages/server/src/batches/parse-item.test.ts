import { describe, expect, it } from 'vitest'
import { parseItem } from './parse-item.ts'

describe('parseItem', () => {
  it('gives the object of a request', () =>
    expect(parseItem(Buffer.from('{"custom_id":"a","body":{"messages":[{}]}}'))).toEqual({
      custom_id: 'a',
      body: { messages: [{}] },
    }))

  it('refuses what a call would be refused for, before it is parsed', () => {
    expect(() => parseItem(Buffer.from(`{"a":[${'{},'.repeat(200_000)}{}]}`))).toThrow('too many values')
    expect(() => parseItem(Buffer.from(`{"a":${'['.repeat(100)}${']'.repeat(100)}}`))).toThrow('nested too deep')
  })
})
