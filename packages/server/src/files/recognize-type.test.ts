import { describe, expect, it } from 'vitest'
import { recognizeType } from './recognize-type.ts'

const latin = (text: string) => Buffer.from(text, 'latin1')

describe('recognizeType', () => {
  it.each([
    ['image/png', latin('\x89PNG\r\n\x1a\n\0\0'), 'a.txt'],
    ['image/jpeg', latin('\xff\xd8\xff\xe0'), 'a.png'],
    ['image/gif', latin('GIF89a\0'), ''],
    ['image/webp', latin('RIFF\x10\0\0\0WEBPVP8 '), 'a'],
    ['application/pdf', latin('%PDF-1.7\n\xe2\xe3'), 'a.html'],
    ['text/markdown', Buffer.from('# Grüße'), 'a.MD'],
    ['text/csv', Buffer.from('a,b'), 'a.csv'],
    ['application/json', Buffer.from('{}'), 'a.json'],
    ['application/jsonl', Buffer.from('{}\n{}'), 'a.jsonl'],
    // What a browser would run is text, whatever its name says.
    ['text/plain', Buffer.from('<svg onload="alert(1)">'), 'a.svg'],
    ['text/plain', Buffer.from('<html>'), 'a.html'],
    ['text/plain', Buffer.from('x'), 'a.constructor'],
  ])('%s', (type, bytes, filename) => expect(recognizeType(bytes, filename)).toBe(type))

  it.each([
    ['text with a zero byte', latin('a\0b')],
    ['UTF-16', Buffer.from('\ufeffwords', 'utf16le')],
    ['an archive', latin('PK\x03\x04\xff')],
    ['a sound in the same container as an image', latin('RIFF\x10\0\0\0WAVE\xff')],
  ])('refuses %s', (_name, bytes) =>
    expect(() => recognizeType(bytes, 'a.txt')).toThrow(expect.objectContaining({ status: 415 })),
  )
})
