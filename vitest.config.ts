import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Most of the time is spent waiting for servers and clocks, so more run at once than there are processors.
    maxWorkers: Math.max(3, availableParallelism()),
    projects: [
      {
        test: {
          name: 'unit',
          // No file changes what another one imports, and loading the server's modules anew for each takes minutes in all.
          isolate: false,
          include: ['packages/{protocol,server,sandbox}/src/**/*.test.ts', 'tools/**/*.test.ts'],
          exclude: ['**/*.integration.test.ts', '**/node_modules/**'],
        },
      },
      {
        // These run against servers and clocks. A server that is starved for seconds on a shared machine is no fault of
        // the product, so they have a second try, as the browser's tests have; `npm test` names what needed it.
        test: {
          name: 'integration',
          isolate: false,
          retry: 1,
          include: ['packages/{server,sandbox}/src/**/*.integration.test.ts', 'e2e/{process,chaos}/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // The same whole-process tests on PostgreSQL, but for those about the SQLite file, those about what comes before
        // a store is asked, those about what a call may cost (`hold-steps` and `hang-ups` ask the store the same), those
        // about how calls end for their clients (`drain`, `endings`), the matrix of members (`authorisation` opens every
        // route of theirs), and the outage, which brings its own.
        test: {
          name: 'postgres',
          isolate: false,
          retry: 1,
          include: ['e2e/process/**/*.test.ts'],
          exclude: [
            ...['canary', 'backup', 'image', 'store-outage', 'mixed-run'],
            ...['ceilings', 'ceiling-tiers', 'unseen-thinking'],
            ...['fuzz', 'attack', 'doors', 'doctor', 'limits', 'files-in-calls', 'test-calls', 'member-matrix'],
            ...['drain', 'endings'],
          ].map((name) => `**/${name}.test.ts`),
          globalSetup: ['e2e/postgres-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // The clients that people use, as they come from npm, against a real server.
        test: {
          name: 'clients',
          retry: 1,
          include: ['e2e/clients/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      './packages/sdk/vitest.config.ts',
      './packages/dashboard/vitest.config.ts',
    ],
  },
})
