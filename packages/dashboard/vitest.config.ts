import { defineConfig } from 'vitest/config'

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    name: 'dashboard',
    include: ['{account,home,partner,shared}/**/*.test.{ts,tsx}', '*.test.ts'],
    environment: 'happy-dom',
  },
})
