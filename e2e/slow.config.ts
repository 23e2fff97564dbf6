import config from './playwright.config.ts'
export default { ...config, workers: 2, timeout: 300_000, expect: { timeout: 60_000 }, reporter: [['list']], outputDir: '/tmp/modal/results', use: { ...config.use, trace: 'off', screenshot: 'off' } }
