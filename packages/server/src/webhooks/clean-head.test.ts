import { describe, expect, it } from 'vitest'
import { cleanHead } from './clean-head.ts'

const clean = (text: string) => cleanHead(Buffer.from(text))

describe('cleanHead', () => {
  it.each([
    ['got oc_sk_abc123DEF and oc_rk_x1', 'got [key] and [key]'],
    ['bad secret whsec_MfKQ9r8GKYq/rTw+PD8=', 'bad secret [key]'],
    ['sk_live_abc sk-ant-api03-x_y', '[key] [key]'],
    ['{"mail":"Ada.Lovelace+x@example.co.uk"}', '{"mail":"[e-mail]"}'],
    ['a\0b\u001b[31mred', 'a b [31mred'],
    ['line\nline', 'line\nline'],
  ])('%j is kept as %j', (text, kept) => expect(clean(text)).toBe(kept))

  it('keeps 1,024 bytes, and no half character', () => {
    expect(clean('x'.repeat(5_000))).toHaveLength(1_024)
    expect(clean(`${'x'.repeat(1_023)}é`)).toBe('x'.repeat(1_023))
    expect(clean('')).toBeNull()
  })
})
