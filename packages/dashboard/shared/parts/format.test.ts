import { describe, expect, it } from 'vitest'
import { createFormat } from './format.ts'

const format = createFormat({ locale: 'en-US', timeZone: 'Europe/Berlin' })
const plain = (text: string) => text.replace(/\s/g, ' ')

describe('createFormat', () => {
  it('never shows a balance larger than it is, nor a charge as nothing', () => {
    expect(format.credits(999.999)).toBe('999.99')
    expect(format.charge(0.0000004)).toBe('0.0000004')
    expect(format.charge(0.0847)).toBe('0.0847')
    expect(format.charge(12.3456)).toBe('12.34')
    expect(format.charge(0)).toBe('0')
    expect(format.exact(18.058712)).toBe('18.058712')
  })

  it('writes times in the user’s zone and ISO dates as the days that they are', () => {
    const seconds = Date.UTC(2026, 10, 21, 23, 30) / 1000
    expect(format.date(seconds)).toBe('Nov 22, 2026')
    expect(plain(format.moment(seconds, Date.UTC(2026, 11, 1)))).toBe('Nov 22, 12:30 AM')
    expect(plain(format.moment(seconds, Date.UTC(2027, 1, 1)))).toBe('Nov 22, 2026, 12:30 AM')
    expect(format.day('2026-11-21')).toBe('Sat, Nov 21')
  })

  it('says how long ago something was', () => {
    const nowMs = Date.UTC(2026, 10, 21)
    const ago = (seconds: number) => format.ago(nowMs / 1000 - seconds, nowMs)
    expect([30, 90, 7200, 86_400, 40 * 86_400].map(ago)).toEqual([
      ...['this minute', '1 minute ago', '2 hours ago', 'yesterday', 'last month'],
    ])
    expect(ago(-500)).toBe('this minute')
  })

  it('writes sizes as people read them', () => {
    expect([0, 1, 1023, 1024, 3_565_158, 1024 ** 3].map(format.bytes)).toEqual([
      ...['0 bytes', '1 byte', '1,023 bytes', '1 kB', '3.4 MB', '1 GB'],
    ])
  })

  it('writes money in its own currency', () => {
    expect(format.money(9.99, 'usd')).toBe('$9.99')
    expect(createFormat({ locale: 'de-DE' }).money(9.99, 'eur').replace(/\s/, ' ')).toBe('9,99 €')
  })
})
