import { describe, expect, it } from 'vitest'
import { imageSize } from './image-size.ts'
import { imageTokens } from './image-tokens.ts'

describe('imageTokens', () => {
  it.each<[string, string, number, number, string, number]>([
    ['Claude: width × height ÷ 750', 'claude-sonnet-4-5', 1000, 750, 'auto', 1000],
    ['Claude: scaled down first', 'claude-sonnet-4-5', 8000, 8000, 'auto', 1600],
    ['Claude since Opus 4.7: more pixels', 'claude-opus-5-5', 2000, 1500, 'auto', 4000],
    ['Claude since Opus 4.7: at most', 'claude-opus-5-5', 8000, 8000, 'auto', 4784],
    ['gpt-4o: 1024 × 1024 is four tiles', 'gpt-4o', 1024, 1024, 'high', 765],
    ['gpt-4o: 2048 × 4096 is six tiles', 'gpt-4o', 2048, 4096, 'high', 1105],
    ['gpt-4o: low detail', 'gpt-4o', 4096, 4096, 'low', 85],
    ['gpt-4o-mini costs 33 times as much', 'gpt-4o-mini', 1024, 1024, 'high', 25_501],
    ['gpt-4.1-mini counts patches', 'gpt-4.1-mini', 1024, 1024, 'auto', 1659],
    ['gpt-4.1-nano: at most', 'gpt-4.1-nano', 9000, 9000, 'auto', 3779],
    ['gpt-5', 'gpt-5', 1024, 1024, 'high', 630],
    ['gpt-5-mini is no gpt-5', 'gpt-5-mini', 1024, 1024, 'auto', 1659],
    ['gpt-5.4, in full', 'gpt-5.4', 4096, 4096, 'original', 10_000],
    ['gpt-5.4, high', 'gpt-5.4', 4096, 4096, 'high', 2500],
    ['o3', 'o3', 1024, 1024, 'auto', 675],
    ['Gemini 2: small', 'gemini-2.5-pro', 300, 300, 'auto', 258],
    ['Gemini 2: tiles', 'models/gemini-2.5-pro', 960, 540, 'auto', 6 * 258],
    ['Gemini 3', 'gemini-3.5-flash', 4000, 4000, 'auto', 1120],
    ['Grok: a tile and the whole', 'grok-4', 448, 448, 'auto', 512],
    ['Grok: at most', 'grok-4', 4000, 4000, 'auto', 1792],
  ])('%s', (_name, model, width, height, detail, tokens) => {
    expect(Math.ceil(imageTokens(model, { width, height }, detail))).toBe(tokens)
    expect(imageTokens(model, null, detail === 'low' ? 'high' : detail)).toBeGreaterThanOrEqual(tokens)
  })
})

describe('imageSize', () => {
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAYAAACddGYaAAAADUlEQVR4nGNgGAUEAAACAgAB9M0c7QAAAABJRU5ErkJggg=='
  const gif = `${Buffer.from('GIF89a').toString('base64')}`
  it('reads what it knows, and nothing of what it does not', () => {
    expect(imageSize(Buffer.from(png, 'base64'))).toEqual({ width: 3, height: 2 })
    const header = Buffer.alloc(40)
    Buffer.from(gif, 'base64').copy(header)
    header.writeUInt16LE(640, 6)
    header.writeUInt16LE(480, 8)
    expect(imageSize(header)).toEqual({ width: 640, height: 480 })
    const jpeg = Buffer.alloc(60)
    Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]).copy(jpeg)
    Buffer.from([0xff, 0xc2, 0, 17, 8, 1, 0xe0, 2, 0x80]).copy(jpeg, 20)
    expect(imageSize(jpeg)).toEqual({ width: 640, height: 480 })
    const webp = Buffer.alloc(40)
    webp.write('RIFF', 0)
    webp.write('WEBPVP8X', 8)
    webp.writeUIntLE(639, 24, 3)
    webp.writeUIntLE(479, 27, 3)
    expect(imageSize(webp)).toEqual({ width: 640, height: 480 })
    expect(imageSize(Buffer.alloc(100))).toBeNull()
    expect(imageSize(Buffer.from('AAAA', 'base64'))).toBeNull()
  })
})
