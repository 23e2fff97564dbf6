import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'

const dist = join(import.meta.dirname, 'dist')
const brotliBytes = (path: string) => brotliCompressSync(readFileSync(join(dist, path))).length

describe('what users download', () => {
  it('sdk.js is under 6 KB', () => expect(brotliBytes('sdk.js')).toBeLessThanOrEqual(6 * 1024))
  it('the checkout app is under 25 KB, without Stripe.js', () => {
    const scripts = readdirSync(join(dist, 'checkout/assets')).filter((name) => name.endsWith('.js'))
    expect(scripts.length).toBeGreaterThan(0)
    expect(scripts.reduce((sum, name) => sum + brotliBytes(`checkout/assets/${name}`), 0)).toBeLessThanOrEqual(
      25 * 1024,
    )
  })
  it('the pages hold no script or style of their own: a strict policy would block it', () => {
    for (const page of ['index', 'return', 'cancelled']) {
      expect(readFileSync(join(dist, `checkout/${page}.html`), 'utf8')).not.toMatch(
        /<style|style=|<script(?![^>]*src=)|\son\w+=/,
      )
    }
  })
})
