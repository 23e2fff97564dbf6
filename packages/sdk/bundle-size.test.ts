import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'

const dist = join(import.meta.dirname, 'dist')
const brotliBytes = (path: string) => brotliCompressSync(readFileSync(join(dist, path))).length

describe('what users download', () => {
  it('sdk.js is under 7 KB', () => expect(brotliBytes('sdk.js')).toBeLessThanOrEqual(7 * 1024))
  it('the checkout app is under 28 KB with its styles, without Stripe.js', () => {
    const files = readdirSync(join(dist, 'checkout/assets')).filter((name) => /\.(js|css)$/.test(name))
    expect(files.length).toBeGreaterThan(1)
    expect(files.reduce((sum, name) => sum + brotliBytes(`checkout/assets/${name}`), 0)).toBeLessThanOrEqual(28 * 1024)
  })
  it('the pages hold no script or style of their own: a strict policy would block it', () => {
    for (const page of ['index', 'return', 'cancelled']) {
      expect(readFileSync(join(dist, `checkout/${page}.html`), 'utf8')).not.toMatch(
        /<style|style=|<script(?![^>]*src=)|\son\w+=/,
      )
    }
  })
})
