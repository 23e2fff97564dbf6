import { describe, expect, it } from 'vitest'
import { explainOrigin, readPageOrigin } from './page-origin.ts'

describe('readPageOrigin', () => {
  it.each([
    ['https://app.example', 'https://app.example'],
    [' https://APP.example/ ', 'https://app.example'],
    ['https://app.example:443', 'https://app.example'],
    ['https://app.example:8443', 'https://app.example:8443'],
    ['http://localhost:5173', 'http://localhost:5173'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['http://my.localhost', 'http://my.localhost'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ])('%s', (typed, origin) => expect(readPageOrigin(typed)).toEqual({ origin }))

  it.each([
    ['', 'empty', null],
    ['https://*.app.example', 'wildcard', null],
    ['app.example', 'no_scheme', 'https://app.example'],
    ['app.example/shop', 'no_scheme', 'https://app.example'],
    ['localhost:5173', 'no_scheme', 'http://localhost:5173'],
    ['hello', 'no_scheme', null],
    ['http://app.example', 'not_https', 'https://app.example'],
    ['http://192.168.1.5:3000', 'not_https', 'https://192.168.1.5'],
    ['https://app.example/shop', 'has_path', 'https://app.example'],
    ['https://app.example/?', 'has_path', 'https://app.example'],
    ['https://app.example/#a', 'has_path', 'https://app.example'],
    ['https://me:secret@app.example', 'has_user', 'https://app.example'],
    ['ftp://app.example', 'no_origin', null],
    ['file:///home/me/index.html', 'no_origin', null],
    ['https://', 'no_origin', null],
  ])('%s: %s', (typed, problem, suggestion) => {
    const read = readPageOrigin(typed)
    expect(read).toEqual({ problem, suggestion })
    if ('problem' in read) expect(explainOrigin(typed, read)).toContain(suggestion ?? 'https://app.example')
  })
})
