import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build, type InlineConfig } from 'vite'

/** Builds `dist/sdk.js` (script tag), `dist/index.js` with types (npm), and `dist/checkout` (the app in the frame). */
const root = import.meta.dirname
const dist = join(root, 'dist')
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
await build({
  ...shared,
  root,
  build: {
    outDir: dist,
    emptyOutDir: false,
    target: 'es2022',
    lib: { entry: join(root, 'src/index.ts'), formats: ['es'], fileName: () => 'index.js' },
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
    rollupOptions: { input: ['index', 'return', 'cancelled'].map((page) => join(root, 'checkout', `${page}.html`)) },
  },
})
execFileSync(join(root, '../../node_modules/.bin/tsc'), ['-p', 'tsconfig.types.json'], { cwd: root, stdio: 'inherit' })
