import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { palette } from '@opencredits/protocol'
import { describe, expect, it } from 'vitest'

const dist = join(import.meta.dirname, 'dist')
const assetsOf = (page: string, ending: string) =>
  readdirSync(join(dist, page, 'assets'))
    .filter((name) => name.endsWith(ending))
    .map((name) => join(dist, page, 'assets', name))
const brotliBytes = (paths: readonly string[]) =>
  paths.reduce((sum, path) => sum + brotliCompressSync(readFileSync(path)).length, 0)

describe('what users download', () => {
  it('the account page is under 45 KB with its styles and what it loads later', () => {
    expect(brotliBytes([...assetsOf('account', '.js'), ...assetsOf('account', '.css')])).toBeLessThanOrEqual(45 * 1024)
  })

  it('the partner console is under 70 KB with its styles and all of its pages', () => {
    expect(brotliBytes([...assetsOf('partner', '.js'), ...assetsOf('partner', '.css')])).toBeLessThanOrEqual(70 * 1024)
  })

  it.each(['account', 'partner'])('the styles of %s are under 8 KB', (page) => {
    const styles = assetsOf(page, '.css')
    expect(styles.length).toBeGreaterThan(0)
    expect(brotliBytes(styles)).toBeLessThanOrEqual(8 * 1024)
  })

  it('what passkeys need is loaded by itself', () => expect(assetsOf('account', '.js')).toHaveLength(2))

  it('the home page is under 4 KB', () =>
    expect(brotliBytes([...assetsOf('home', '.js'), ...assetsOf('home', '.css')])).toBeLessThanOrEqual(4 * 1024))

  it.each(['account', 'partner', 'home'])(
    '%s has no script or style of its own, and nothing from elsewhere',
    (page) => {
      const html = readFileSync(join(dist, page, 'index.html'), 'utf8')
      expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)|\son\w+=/)
      expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
    },
  )
})

describe('its colours', () => {
  it('are those of the checkout', () => {
    const css = readFileSync(join(import.meta.dirname, 'shared/styles/style.css'), 'utf8')
    const short = (color: string) => (color === '#ffffff' ? '#fff' : color)
    for (const name of ['paper', 'accent'] as const)
      expect(css).toContain(`--${name}: light-dark(${short(palette.light[name])}, ${short(palette.dark[name])})`)
  })
})
