import { defineConfig, devices } from '@playwright/test'

/**
 * Two browsers: `default`, and `real-flags`, which takes back what Playwright switches off for comfort (storage
 * partitioning, pop-up blocking), because the checkout has to live with both; and a phone.
 */
const executablePath = process.env.CHROMIUM_PATH
const launchOptions = {
  ...(executablePath === undefined || executablePath === '' ? {} : { executablePath }),
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}

const featuresSwitchedOff = [
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'MediaRouter',
  'PaintHolding',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'PreconnectToSearch',
]

export default defineConfig({
  testDir: './tests',
  outputDir: '../test-results',
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  // A browser that is starved for seconds on a shared machine is no fault of the product. Playwright lists what passed
  // only at the second try as flaky; each such case is looked into. The other suites have no second try.
  retries: 1,
  reporter: [['list'], ['json']],
  use: {
    launchOptions,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    locale: 'en-US',
    // A dialog that still grows is missed by a click; tests of the motion itself switch it on.
    contextOptions: { reducedMotion: 'reduce' },
  },
  projects: [
    { name: 'default', use: { ...devices['Desktop Chrome'], launchOptions } },
    {
      name: 'real-flags',
      grep: /@real-flags/,
      use: {
        ...devices['Desktop Chrome'],
        launchOptions: {
          ...launchOptions,
          ignoreDefaultArgs: ['--disable-popup-blocking'],
          // The last such switch wins: Playwright's own list without ThirdPartyStoragePartitioning.
          args: [...launchOptions.args, `--disable-features=${featuresSwitchedOff.join(',')}`],
        },
      },
    },
    { name: 'phone', grep: /@phone/, use: { ...devices['Pixel 7'], launchOptions } },
  ],
})
