import { describe, expect, it } from 'vitest'
import { itemName } from './item-name.ts'

describe('itemName', () => {
  it.each([
    [null, 1000, '1,000 AI credits for Acme'],
    ['en', 1, '1 AI credit for Acme'],
    ['en-IN', 100_000, '1,00,000 AI credits for Acme'],
    ['de-DE', 1000, '1.000 KI-Credits für Acme'],
    ['es-MX', 2_000_000, '2,000,000 de créditos de IA para Acme'],
    ['fr', 1.5, '1,5 crédit IA pour Acme'],
    ['pt', 500, '500 créditos de IA para Acme'],
    ['ja', 660, 'Acme の AI クレジット 660'],
    ['ko', 500, 'Acme AI 크레딧 500'],
    ['hi', 100_000, 'Acme के लिए 1,00,000 AI क्रेडिट'],
    ['ru', 21, '21 кредит ИИ для Acme'],
    ['ru', 500, '500 кредитов ИИ для Acme'],
    ['zh-CN', 500, 'Acme 的 500 AI 积分'],
    ['ar', 500, '500 AI credits for Acme'],
    ['pl', 500, '500 AI credits for Acme'],
    ['en-XA', 500, '500 AI credits for Acme'],
  ])('%s: %d', (locale, credits, name) => expect(itemName({ locale, credits, appName: 'Acme' })).toBe(name))
  it('fills nothing in that the app’s name holds', () =>
    expect(itemName({ locale: 'en', credits: 2, appName: '{count} $&' })).toBe('2 AI credits for {count} $&'))
})
