import { describe, expect, it } from 'vitest'
import { en } from './en.ts'
import { createTranslate, english } from './translate.ts'

const translate = createTranslate(english, 'en-US')

describe('createTranslate', () => {
  it('fills values in', () => expect(translate('title', { app: 'Acme' })).toBe('Buy AI credits for Acme'))
  it.each([
    [0, '0 credits'],
    [1, '1 credit'],
    [2, '2 credits'],
    [1.5, '1.5 credits'],
    [1000, '1,000 credits'],
    [0.999, '0.99 credits'],
  ])('%s has its own form', (count, text) => expect(translate('credits', { count })).toBe(text))
  it('writes numbers in the user’s own digits', () =>
    expect(createTranslate(english, 'ar-EG')('credits', { count: 1234 })).toBe('١٬٢٣٤ credits'))
  it('chooses the form by the language of the words, not by that of the numbers', () =>
    expect(createTranslate(english, 'ja')('credits', { count: 1 })).toBe('1 credit'))
  it('does not fill in what a value holds', () =>
    expect(translate('total', { money: '{total} $&' })).toBe('Total {total} $&'))
})

describe('the English words', () => {
  it('have the same holes in each form of a plural', () => {
    const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort()
    for (const message of Object.values(en))
      if (typeof message !== 'string') expect(holes(message.one)).toEqual(holes(message.other))
  })
})
