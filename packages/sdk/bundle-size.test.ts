import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { languageTags } from '@opencredits/protocol'
import { describe, expect, it } from 'vitest'

const dist = join(import.meta.dirname, 'dist')
const brotliBytes = (path: string) => brotliCompressSync(readFileSync(join(dist, path))).length
/** What a page loads before it is known in which language: its script, what that imports, and its styles. */
const filesOf = (page: string) =>
  [
    ...readFileSync(join(dist, `checkout/${page}.html`), 'utf8').matchAll(
      /(?:src|href)="\/(checkout\/assets\/[^"]+)"/g,
    ),
  ].map(([, file]) => file ?? '')

describe('what users download', () => {
  it('sdk.js is under 7 KB', () => expect(brotliBytes('sdk.js')).toBeLessThanOrEqual(7 * 1024))
  it('the checkout app in English is under 28 KB with its styles, without Stripe.js', () => {
    const files = filesOf('index')
    expect(files.some((name) => name.endsWith('.css'))).toBe(true)
    expect(files.reduce((sum, name) => sum + brotliBytes(name), 0)).toBeLessThanOrEqual(28 * 1024)
  })
  it('each other language is one chunk of at most 3 KB, which English does not load, and so are the screens of an account and what is only for Stripe’s form or the test world', () => {
    const inEnglish = new Set(['index', 'return', 'cancelled', 'test-payment', 'preview'].flatMap(filesOf))
    const chunks = readdirSync(join(dist, 'checkout/assets'))
      .filter((name) => !/\.(br|gz)$/.test(name))
      .map((name) => `checkout/assets/${name}`)
      .filter((name) => !inEnglish.has(name))
    const lazy = [
      ...languageTags.filter((tag) => tag !== 'en'),
      'pseudo',
      'account-screens',
      'test-world',
      'load-stand-in',
      'stripe-page',
    ]
    expect(chunks.map((name) => /assets\/(.+)-[^.]{8}\.js$/.exec(name)?.[1] ?? name).sort()).toEqual(
      lazy.map((name) => name.toLowerCase()).sort(),
    )
    expect(chunks.filter((name) => brotliBytes(name) > 3 * 1024)).toEqual([])
  })
  it('the pages hold no script or style of their own: a strict policy would block it', () => {
    for (const page of ['index', 'return', 'cancelled', 'test-payment', 'preview']) {
      expect(readFileSync(join(dist, `checkout/${page}.html`), 'utf8')).not.toMatch(
        /<style|style=|<script(?![^>]*src=)|\son\w+=/,
      )
    }
  })
})
