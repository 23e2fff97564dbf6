import { describe, expect, it } from 'vitest'
import { readDirectives, withoutDirectives } from './directives.ts'

describe('readDirectives', () => {
  it('reads numbers, words, quoted text and marks, from several places', () => {
    expect(
      readDirectives(
        'Hi [[sandbox: tokens=500 delay=20 status=529]] there [[sandbox: text="a ]] b" no-usage tool=a,b]]',
      ),
    ).toMatchObject({ tokens: 500, delayMs: 20, status: 529, text: 'a ]] b', usage: 'none', tools: ['a', 'b'] })
  })

  it('reads counts that cannot be, as they are', () => {
    expect(readDirectives('[[sandbox: usage-output=-5 usage-input=1e12]]')).toMatchObject({
      usageOutput: -5,
      usageInput: 1e12,
    })
    expect(readDirectives('[[sandbox: usage-output=NaN]]').usageOutput).toBe('NaN')
  })

  it('reads the arguments of a tool as JSON, and nothing of what is none', () => {
    expect(readDirectives(`[[sandbox: tool=read tool-input='{"path":"/tmp/it [1].txt"}']]`)).toMatchObject({
      tools: ['read'],
      toolInput: { path: '/tmp/it [1].txt' },
    })
    expect(readDirectives('[[sandbox: tool-input=broken]]').toolInput).toBeNull()
  })

  it('asks for nothing where nothing is asked', () => {
    expect(readDirectives('tokens=5 [[other: tokens=5]]')).toMatchObject({ tokens: null, usage: 'true', tools: [] })
  })
})

describe('withoutDirectives', () => {
  it('leaves what was said', () => {
    expect(withoutDirectives('Why? [[sandbox: text="a ]] b"]]')).toBe('Why?')
  })
})
