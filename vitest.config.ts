import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/{protocol,server,sandbox}/src/**/*.test.ts', 'tools/**/*.test.ts'],
          exclude: ['**/*.integration.test.ts', '**/node_modules/**'],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['packages/{server,sandbox}/src/**/*.integration.test.ts', 'e2e/{process,chaos}/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // The same whole-process tests on PostgreSQL; the canary reads the SQLite file itself.
        test: {
          name: 'postgres',
          include: ['e2e/process/**/*.test.ts'],
          exclude: ['**/canary.test.ts'],
          globalSetup: ['e2e/postgres-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      './packages/sdk/vitest.config.ts',
    ],
  },
})
