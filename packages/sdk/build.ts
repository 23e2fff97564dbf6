import { execFileSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build, type InlineConfig } from 'vite'
import { collectTypes } from './collect-types.ts'
import { compressFiles } from './compress-files.ts'

/**
 * Builds `dist/sdk.js` (script tag), the entries of the npm package with their types, and `dist/checkout` (the app in the
 * frame).
 */
const entries = { index: 'index', react: 'react/index', server: 'server/index' }
const root = import.meta.dirname
const dist = join(root, 'dist')
const assets = join(dist, 'checkout/assets')
const shared = {
  configFile: false,
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
} satisfies InlineConfig

rmSync(dist, { recursive: true, force: true })
await build({
  ...shared,
  root,
  build: {
    outDir: dist,
    emptyOutDir: false,
    target: 'es2022',
    lib: { entry: join(root, 'src/global.ts'), name: 'OpenCreditsSdk', formats: ['iife'], fileName: () => 'sdk.js' },
  },
})
// Together, so that `react.js` imports `index.js`: a page has one SDK, whichever entry it comes by.
await build({
  ...shared,
  root,
  build: {
    outDir: dist,
    emptyOutDir: false,
    target: 'es2022',
    lib: {
      entry: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, join(root, `src/${path}.ts`)])),
      formats: ['es'],
      fileName: (_format, name) => `${name}.js`,
    },
    rolldownOptions: {
      external: ['react', 'react/jsx-runtime'],
      // Without the banner, a page of Next.js that imports the components is taken for one that renders on the server alone.
      output: {
        banner: ({ name }) => (name === 'react' ? `'use client';` : ''),
        chunkFileNames: 'open-credits.js',
      },
    },
  },
})
await build({
  ...shared,
  root: join(root, 'checkout'),
  base: '/checkout/',
  build: {
    outDir: join(dist, 'checkout'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    // The server names the chunk of a language before the script asks for it.
    manifest: 'manifest.json',
    rollupOptions: { input: ['index', 'return', 'cancelled'].map((page) => join(root, 'checkout', `${page}.html`)) },
  },
})
// By themselves: a chunk that one shared with the app would be one more file for every user to load.
for (const page of ['test-payment', 'preview'])
  await build({
    ...shared,
    root: join(root, 'checkout'),
    base: '/checkout/',
    build: {
      outDir: join(dist, 'checkout'),
      emptyOutDir: false,
      target: 'es2022',
      modulePreload: { polyfill: false },
      rollupOptions: {
        input: join(root, 'checkout', `${page}.html`),
        // One file each: nobody waits for these pages, and the languages of the app are not built a second time.
        output: { codeSplitting: false },
      },
    },
  })
compressFiles([join(dist, 'sdk.js'), ...readdirSync(assets).map((name) => join(assets, name))])
const declarations = join(dist, 'declarations')
execFileSync(join(root, '../../node_modules/.bin/tsc'), ['-p', 'tsconfig.types.json'], { cwd: root, stdio: 'inherit' })
collectTypes({ from: declarations, to: join(dist, 'types'), entries: Object.values(entries) })
rmSync(declarations, { recursive: true })
