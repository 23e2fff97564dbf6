import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'

/** Builds `dist/home`, the page at `/`, `dist/partner`, the app at `/partner`, and `dist/account`, the app at `/account`. */
const root = import.meta.dirname
const dist = join(root, 'dist')

rmSync(dist, { recursive: true, force: true })
// The account page last: the server and `tools/build-dashboard.ts` take it as the sign that all is there.
for (const page of ['home', 'partner', 'account']) {
  await build({
    configFile: false,
    logLevel: 'warn',
    root: join(root, page),
    base: `/${page}/`,
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: join(dist, page),
      emptyOutDir: true,
      target: 'es2022',
      modulePreload: { polyfill: false },
      // A picture inlined as `data:` would need a wider policy than the pages have.
      assetsInlineLimit: 0,
    },
  })
}
