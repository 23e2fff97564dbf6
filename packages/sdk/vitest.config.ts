import { defineConfig } from 'vitest/config'

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: { name: 'sdk', include: ['{src,checkout}/**/*.test.{ts,tsx}', '*.test.ts'], environment: 'happy-dom' },
})
