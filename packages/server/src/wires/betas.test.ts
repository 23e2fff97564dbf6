import { describe, expect, it } from 'vitest'
import { betas } from './anthropic-messages/classified-betas.ts'
import { ignoredBetas, passingBetas } from './betas.ts'

const cases: readonly (readonly [
  label: string,
  header: string | undefined,
  passing: string | undefined,
  ignored: string,
])[] = [
  ['none', undefined, undefined, ''],
  ['an empty one', ' , ', undefined, ''],
  ['what passes', 'claude-code-20250219,effort-2025-11-24', 'claude-code-20250219,effort-2025-11-24', ''],
  ['white space', ' claude-code-20250219 ,  effort-2025-11-24', 'claude-code-20250219,effort-2025-11-24', ''],
  ['what is priced', 'advisor-tool-2026-03-01', 'advisor-tool-2026-03-01', ''],
  ['what is refused', 'fast-mode-2026-02-01,effort-2025-11-24', 'effort-2025-11-24', 'fast-mode-2026-02-01'],
  ['what nobody knows', 'brand-new-2027-01-01', undefined, 'brand-new-2027-01-01'],
  ['what is no name', 'effort-2025-11-24,a b"c', 'effort-2025-11-24', 'a?b?c'],
]

describe('betas', () => {
  it.each(cases)('%s', (_label, header, passing, ignored) => {
    const headers = header === undefined ? {} : { 'anthropic-beta': header }
    expect(passingBetas(headers, 'anthropic-beta', betas)['anthropic-beta']).toBe(passing)
    expect(ignoredBetas(headers, 'anthropic-beta', betas).join(',')).toBe(ignored)
  })

  it('lists no more than a header can hold', () => {
    const many = Array.from({ length: 500 }, (_, index) => `beta-${index}-${'x'.repeat(200)}`).join(',')
    expect(ignoredBetas({ 'anthropic-beta': many }, 'anthropic-beta', betas).join(',').length).toBeLessThan(5_000)
  })
})
