import { languageTags } from '@opencredits/protocol'
import { describe, expect, it } from 'vitest'
import { testWordsIn } from './words.ts'

describe('testWordsIn', () => {
  it('has every language that the checkout speaks, each in words of its own, and the code in all of them', () => {
    const all = languageTags.map(testWordsIn)
    expect(new Set(all.map(({ banner }) => banner)).size).toBe(languageTags.length)
    expect(all.filter(({ code }) => !code.includes('42424242'))).toEqual([])
  })
  it('is English elsewhere', () => expect(testWordsIn('en-XA').banner).toMatch(/^Test mode/))
})
