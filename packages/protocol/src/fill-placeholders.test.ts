import { describe, expect, it } from 'vitest'
import { fillPlaceholders } from './fill-placeholders.ts'

describe('fillPlaceholders', () => {
  const values = new Map([
    ['app', '{code} $& & Co'],
    ['code', '123'],
  ])
  it.each([
    ['{code} for {app}', '123 for {code} $& & Co'],
    ['{code}{code}', '123123'],
    ['{nobody} and { code }', '{nobody} and { code }'],
    ['none', 'none'],
  ])('%s → %s', (text, filled) => expect(fillPlaceholders(text, (name) => values.get(name))).toBe(filled))

  it('never takes what an object inherits for a value', () =>
    expect(fillPlaceholders('{constructor}', (name) => values.get(name))).toBe('{constructor}'))
})
