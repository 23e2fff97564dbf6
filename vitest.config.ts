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
          include: ['packages/{server,sandbox}/src/**/*.integration.test.ts', 'e2e/process/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // The same whole-process tests on PostgreSQL; the canary and the backup are about the SQLite file, the outage brings its own.
        test: {
          name: 'postgres',
          include: ['e2e/process/**/*.test.ts'],
          exclude: ['**/canary.test.ts', '**/backup.test.ts', '**/store-outage.test.ts'],
          globalSetup: ['e2e/postgres-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      './packages/sdk/vitest.config.ts',
    ],
  },
})
