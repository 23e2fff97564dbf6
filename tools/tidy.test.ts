import { describe, expect, it } from 'vitest'
import { functionLinesMax, listSources, longFunctions, placesOf } from './source-files.ts'

/** The rules of ARCHITECTURE.md as a test of the source: sizes, arrows, single owners, banned tokens, dead files. */

const sources = listSources()
const product = sources.filter((file) => !file.isTest)
const server = product.filter((file) => file.path.startsWith('packages/server/src/'))

const linesMax = 300

/** Lower may not know higher, and folders of one level do not know each other. Files beside the folders may know all. */
const levels: Readonly<Record<string, number>> = {
  kernel: 0,
  store: 1,
  http: 1,
  ledger: 2,
  'audit-log': 2,
  lists: 2,
  'webhook-events': 2,
  keys: 3,
  users: 3,
  pricing: 3,
  wires: 3,
  partners: 4,
  sessions: 4,
  claims: 4,
  counting: 4,
  kept: 4,
  files: 4,
  gateway: 5,
  checkout: 5,
  credits: 5,
  consent: 5,
  webhooks: 5,
  members: 5,
  account: 6,
  'app-settings': 6,
  earnings: 6,
  setup: 6,
  jobs: 6,
  batches: 6,
  audit: 6,
  metrics: 6,
  doctor: 6,
  dashboard: 6,
  simulated: 6,
  reference: 7,
  cli: 8,
}

/** Arrows inside level 3 that the domain needs: sign-in issues keys, and a wire reads its usage into pricing's buckets. */
const sisterArrows: readonly string[] = ['users → keys', 'wires → pricing']

const packageArrows: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  sdk: ['protocol'],
  sandbox: ['protocol'],
  docs: ['protocol'],
  dashboard: ['protocol'],
  server: ['protocol', 'sandbox'],
  examples: ['sdk'],
}

const banned: readonly {
  readonly token: RegExp
  readonly instead: string
  readonly where?: RegExp
  readonly except?: RegExp
}[] = [
  {
    token: /\bparseFloat\(|\.toFixed\(/,
    instead: 'integers of microcredits and Intl',
    where: /^packages\/(server|sdk|dashboard)\//,
  },
  {
    token: /Math\.random\(/,
    instead: 'node:crypto or crypto.randomUUID',
    where: /^packages\/(server|sdk|dashboard)\//,
  },
  {
    token: /Date\.now\(|new Date\(\)/,
    instead: 'a Clock',
    where: /^packages\/server\/src\//,
    except: /kernel\/clock\.ts$/,
  },
  { token: /\bconsole\./, instead: 'the logger', where: /^packages\/server\/src\//, except: /\/cli\// },
  { token: /process\.env/, instead: 'config.ts', where: /^packages\/server\/src\//, except: /\/config\.ts$/ },
  { token: /\b(TODO|FIXME|XXX)\b/, instead: 'doing it' },
  { token: /\.only\(|@ts-ignore|@ts-expect-error|biome-ignore|eslint-disable/, instead: 'mending the cause' },
  { token: /\bas any\b|: any\b/, instead: 'unknown, parsed at the edge' },
  {
    token: /\b(txn|acct|usr_key|utils|helpers)\b/,
    instead: 'a word of the glossary',
    where: /^packages\/server\/src\//,
  },
]

/** What only one place may do. */
const owners: readonly { readonly claim: string; readonly token: RegExp; readonly owner: RegExp }[] = [
  {
    claim: 'only the ledger writes ledger tables',
    token: /(insertInto|updateTable|deleteFrom)\('(transfers|wallets|holds|key_windows|account_roll_ups)'/,
    owner: /^packages\/server\/src\/ledger\//,
  },
  {
    claim: 'no call writes an event: only what changes purchases, keys, consents and apps does, and the jobs',
    token: /recordEvent\(/,
    owner:
      /^packages\/server\/src\/(webhook-events|webhooks|jobs|checkout)\/|\/(revoke-key|consents|erase-user|write-app-state)\.ts$/,
  },
  { claim: 'only keys see hashes', token: /secret_hash/, owner: /^packages\/server\/src\/(keys|store)\/|logger\.ts$/ },
  {
    claim:
      'only gateway/forward calls a provider, gateway/fetch-document what a client names, webhooks/post-event a partner',
    token: /from 'undici'/,
    owner: /^packages\/server\/src\/(gateway\/(forward|fetch-document)|webhooks\/post-event)/,
  },
  {
    claim: 'only checkout/stripe imports stripe',
    token: /from 'stripe'/,
    owner: /^packages\/server\/src\/checkout\/stripe\//,
  },
  { claim: 'only users/mail sends mail', token: /from 'nodemailer'/, owner: /^packages\/server\/src\/users\/mail\// },
  {
    claim: 'only app-settings/decode-logo decodes pictures',
    token: /from 'sharp'/,
    owner: /^packages\/server\/src\/app-settings\/decode-logo/,
  },
  { claim: 'only metrics counts', token: /from 'prom-client'/, owner: /^packages\/server\/src\/metrics\// },
  {
    claim: 'only serve starts the sandbox',
    token: /'@opencredits\/sandbox'/,
    owner: /^packages\/server\/src\/cli\/serve/,
  },
]

describe('the source', () => {
  it(`has no file over ${linesMax} lines`, () => {
    expect(
      sources.filter((file) => file.lines.length > linesMax).map((file) => `${file.path}: ${file.lines.length} lines`),
    ).toEqual([])
  })

  it(`has no function over ${functionLinesMax} lines`, () => expect(product.flatMap(longFunctions)).toEqual([]))

  it('uses no banned token', () => {
    const found = product.flatMap((file) =>
      banned
        .filter((rule) => (rule.where?.test(file.path) ?? true) && !(rule.except?.test(file.path) ?? false))
        .flatMap((rule) => placesOf(file, rule.token).map((place) => `${place}: use ${rule.instead}`)),
    )
    expect(found).toEqual([])
  })

  it('has no test that runs alone or is left out', () => {
    expect(sources.flatMap((file) => placesOf(file, /\b(it|describe|test)\.(only|skip|todo)\(/))).toEqual([])
  })

  it('names files after what they hold', () => {
    const vague = /\/(utils?|helpers?|common|manager|service|misc|types)\.tsx?$/
    expect(
      product
        .filter((file) => vague.test(file.path) || /[A-Z_]/.test(file.path.split('/').at(-1) ?? ''))
        .map((file) => file.path),
    ).toEqual([])
  })

  it('has no dead file', () => {
    const reached = new Set(sources.flatMap((file) => file.imports))
    const isEntry = (path: string) => entryPoints.some((entry) => entry.test(path))
    expect(product.filter((file) => !reached.has(file.path) && !isEntry(file.path)).map((file) => file.path)).toEqual(
      [],
    )
  })
})

describe('the arrows', () => {
  it('point down between the folders of the server', () => {
    const wrong = server.flatMap((file) =>
      file.imports.map((target) => wrongArrow(file.path, target)).filter((text) => text !== null),
    )
    expect(wrong).toEqual([])
  })

  it('point one way between packages', () => {
    const wrong = product.flatMap((file) => {
      const from = /^packages\/([^/]+)\//.exec(file.path)?.[1]
      if (from === undefined) return []
      const targets = [
        ...file.packageImports.flatMap((name) => /^@opencredits\/([^/]+)/.exec(name)?.[1] ?? []),
        ...file.imports.flatMap((path) => /^packages\/([^/]+)\//.exec(path)?.[1] ?? []),
      ]
      return targets
        .filter((to) => to !== from && !packageArrows[from]?.includes(to))
        .map((to) => `${file.path} imports ${to}`)
    })
    expect(wrong).toEqual([])
  })

  it('do not join sdk.js and the checkout app', () => {
    const wrong = product.flatMap((file) =>
      file.imports.filter((target) => areaOf(file.path) !== areaOf(target)).map((target) => `${file.path} → ${target}`),
    )
    expect(wrong).toEqual([])
  })
})

describe('the owners', () => {
  for (const { claim, token, owner } of owners) {
    it(claim, () =>
      expect(server.filter((file) => !owner.test(file.path)).flatMap((file) => placesOf(file, token))).toEqual([]),
    )
  }

  it('migrations import only kysely and what Node brings', () => {
    const migrations = server.filter((file) => /\/migrations\/\d/.test(file.path))
    expect(migrations.length).toBeGreaterThan(0)
    expect(
      migrations.flatMap((file) => [
        ...file.imports,
        ...file.packageImports.filter((name) => !/^(kysely|node:)/.test(name)),
      ]),
    ).toEqual([])
  })
})

const entryPoints: readonly RegExp[] = [
  /\.config\.ts$/,
  /\.d\.ts$/,
  /^tools\//,
  /^e2e\//,
  /^packages\/examples\//,
  /^packages\/sdk\/(build|src\/(index|global|(react|server)\/index)|checkout\/(main|preview|return-page|test-world\/test-payment-page))\.tsx?$/,
  /^packages\/dashboard\/(build|(account|partner)\/main|home\/home)\.tsx?$/,
  /^packages\/docs\/(build\.ts|reference\/|\.vitepress\/(config|theme\/index)\.ts)/,
  /^packages\/server\/src\/cli\/opencredits\.ts$/,
  /^packages\/(protocol|sandbox)\/src\/(index|main|example-of-schema)\.ts$/,
  // Programs that the benchmark starts.
  /^bench\/(run|profile|load|fake-upstream|partner-month|\w+-proxy)\.ts$/,
]

/** `sdk.js` and the checkout app share the protocol and nothing else. */
function areaOf(path: string): string {
  return /^packages\/sdk\/(src|checkout)\//.exec(path)?.[1] ?? ''
}

function wrongArrow(from: string, to: string): string | null {
  const fromFolder = folderOf(from)
  const toFolder = folderOf(to)
  if (fromFolder === null || fromFolder === toFolder) return null
  const fromLevel = levels[fromFolder]
  if (fromLevel === undefined) return `${from}: folder ${fromFolder} has no level`
  // Types of the configuration are plain data; whoever wires the parts together passes the values.
  if (toFolder === null) return /\/(config|logger)\.ts$/.test(to) || fromFolder === 'cli' ? null : `${from} → ${to}`
  const toLevel = levels[toFolder]
  if (toLevel !== undefined && toLevel < fromLevel) return null
  return sisterArrows.includes(`${fromFolder} → ${toFolder}`) ? null : `${from} → ${to}`
}

function folderOf(path: string): string | null {
  return /^packages\/server\/src\/([^/]+)\//.exec(path)?.[1] ?? null
}
