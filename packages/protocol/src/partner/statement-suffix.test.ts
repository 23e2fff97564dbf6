import { describe, expect, it } from 'vitest'
import { statementSuffixProblem } from './statement-suffix.ts'

describe('statementSuffixProblem', () => {
  it.each([
    ['POETRY', null],
    ['Poetry 4.0', null],
    ['A', null],
    ['POETRY-DESK', 'too_long'],
    ['12345', 'no_letter'],
    ['', 'no_letter'],
    ['POET*RY', 'characters'],
    ['POET’RY', 'characters'],
    ["POET'RY", 'characters'],
    ['Поэзия', 'characters'],
    ['<POET>', 'characters'],
  ])('%s', (text, problem) => expect(statementSuffixProblem(text)).toBe(problem))
})
