import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Figures } from './figures.ts'
import type { GrowthFigures } from './growth.ts'
import type { PageFigures } from './pages.ts'
import type { SlowPageFigures } from './slow-pages.ts'

export interface Result {
  readonly name: string
  readonly isBilling: boolean
  readonly figures: Figures
}

export interface Results {
  readonly machine: string
  readonly date: string
  readonly rounds: number
  readonly seconds: number
  readonly results: readonly Result[]
  readonly growth: readonly GrowthFigures[]
  readonly pages: PageFigures | null
  readonly slowPages: SlowPageFigures | null
  readonly booksAreRight: boolean
}

type Pick = (figures: Figures) => number

/** Targets of the issue, as ratios within one run. */
const targets: readonly {
  readonly what: string
  readonly of: string
  readonly to: string
  readonly pick: Pick
  readonly reach: { readonly atLeast: number } | { readonly atMost: number }
}[] = [
  ...(
    [
      ['Portkey', 4],
      ['Express + undici', 0.6],
      ['bare Node', 0.3],
    ] as const
  ).map(([to, atLeast]) => ({
    ...{ what: 'requests/s at saturation', of: 'OpenCredits, SQLite', to, reach: { atLeast } },
    pick: (figures: Figures) => figures.perSecond,
  })),
  {
    ...{ what: 'requests/s at saturation', of: 'OpenCredits, PostgreSQL', to: 'Portkey', reach: { atLeast: 2.5 } },
    pick: ({ perSecond }) => perSecond,
  },
  {
    ...{
      what: 'requests/s',
      of: 'OpenCredits, PostgreSQL, two processes',
      to: 'OpenCredits, PostgreSQL',
      reach: { atLeast: 1.6 },
    },
    pick: ({ perSecond }) => perSecond,
  },
  {
    ...{ what: 'requests/s at saturation', of: 'OpenCredits, SQLite, Responses', reach: { atLeast: 0.9 } },
    to: 'OpenCredits, SQLite, Responses, store: false',
    pick: ({ perSecond }) => perSecond,
  },
  {
    ...{
      what: 'first byte p99 of 500 streams',
      of: 'OpenCredits, SQLite',
      to: 'Express + undici',
      reach: { atMost: 2 },
    },
    pick: ({ streams }) => streams['500']?.firstP99 ?? Number.NaN,
  },
]

const number = (value: number, digits = 1) =>
  Number.isFinite(value) ? new Intl.NumberFormat('en-US', { maximumFractionDigits: digits }).format(value) : '–'

/** The results as a page of Markdown; ratios are what counts, absolute times are this machine's. */
export function writeReport(results: Results): string {
  const direct = results.results.find(({ name }) => name === 'direct')?.figures
  const counts = Object.keys(results.results[0]?.figures.streams ?? {})
  const rows = results.results.map(({ name, isBilling, figures }) => [
    ...[name, isBilling ? 'on' : 'off', number(figures.perSecond, 0), number(figures.cpuSecondsPerThousand, 2)],
    ...[added(figures, direct, 'p50Ms'), added(figures, direct, 'p99Ms'), number(figures.largeBodyPerSecond, 0)],
    ...counts.map(
      (count) =>
        `${number(figures.streams[count]?.firstP50 ?? Number.NaN, 0)} / ${number(figures.streams[count]?.firstP99 ?? Number.NaN, 0)}`,
    ),
    ...[
      [figures.megabytesIdle, figures.megabytesOfStreams, figures.megabytesAfter]
        .map((one) => number(one, 0))
        .join(' → '),
      String(figures.failed),
    ],
  ])
  return [
    '# Benchmarks',
    '',
    `Made by \`npm run bench\` on ${results.date}. ${results.machine}. Medians of ${results.rounds} alternating rounds of ${results.seconds} s each. Absolute times mean little on shared machines; the ratios were measured side by side in one run.`,
    '',
    '**On** in every OpenCredits figure: authentication, rate limits (set out of reach), price and share, hold, settlement, request row, metrics; SQLite with group commit and its log written through before a charge is answered, as `synchronous=FULL` does but beside the event loop; PostgreSQL with synchronous commit. Log level `warn`. **Off** in all others: everything but forwarding. The upstream answers at once; a stream says 20 words, 50 ms apart. Portkey is 1.15.2 with `@hono/node-server` 1.13.8: with the one that it installs today its streams end in 500.',
    `After the load \`opencredits ledger verify\` found the books ${results.booksAreRight ? 'right' : '**wrong**'}.`,
    '',
    table(
      [
        ...[
          '',
          'billing',
          'requests/s',
          'CPU s per 1 000',
          'added p50 ms at 200/s',
          'added p99 ms',
          '400 KB prompts/s',
        ],
        ...counts.map((count) => `${count} streams: first byte p50 / p99 ms`),
        ...['memory MB: idle → after the streams → after all', 'failed'],
      ],
      rows,
    ),
    '',
    '## Against the targets',
    '',
    table(
      ['figure', 'of', 'to', 'is', 'reach', ''],
      [...targets.map((target) => targetRow(target, results)), ...latencyRows(results), ...growthRows(results)],
    ),
    '',
    ...loopSection(results),
    ...growthSection(results.growth),
    ...pageSection(results.pages),
    ...slowPageSection(results.slowPages),
    readFileSync(join(import.meta.dirname, 'limits.md'), 'utf8'),
  ].join('\n')
}

/** What the store may hold up: SQLite runs in the process itself. */
function loopSection({ results }: Results): readonly string[] {
  const rows = results
    .filter(({ isBilling }) => isBilling)
    .map(({ name, figures }) => [name, number(figures.loopDelayP99Ms, 2), number(figures.loopDelayMaxMs, 1)])
  if (rows.length === 0) return []
  return [
    '## The event loop',
    '',
    'How long it was held up at 200 calls a second, from `/metrics`. SQLite runs in it and writes its log there; the wait for the disk is a thread’s.',
    '',
    table(['', 'p99 ms', 'longest ms'], rows),
    '',
  ]
}

function growthSection(growth: Results['growth']): readonly string[] {
  if (growth.length === 0) return []
  const rows = growth.map((one) => [
    number(one.users, 0),
    ...[number(one.requests, 0), number(one.perSecond, 0), number(one.p50Ms, 2), number(one.p99Ms, 2)],
  ])
  return [
    '## A store that has grown',
    '',
    'SQLite; users from all over the table call in turn. Whole latency, the fake provider’s included.',
    '',
    table(['users', 'calls in the tables', 'requests/s', 'p50 ms at 200/s', 'p99 ms'], rows),
    '',
  ]
}

/** The hot path in the largest store, against the empty one. */
function growthRows({ growth }: Results): readonly (readonly string[])[] {
  const [empty, largest] = [growth[0], growth.at(-1)]
  if (empty === undefined || largest === undefined) return []
  const ratio = largest.p50Ms / empty.p50Ms
  return [row('p50 at 200/s', '10⁶ users and calls', 'an empty store', ratio, { atMost: 1.2 })]
}

function slowPageSection(pages: SlowPageFigures | null): readonly string[] {
  if (pages === null) return []
  return [
    `On Lighthouse’s phone (1.6 Mbit/s, 150 ms, processor four times slower), caches empty, median of five: the dialog can be used ${number(pages.modalMs, 0)} ms after the click (limit 1,200), the card number can be typed ${number(pages.cardFormMs, 0)} ms after the amount was chosen (limit 1,000), layout shift ${number(pages.layoutShift, 3)}.`,
    '',
  ]
}

function pageSection(pages: PageFigures | null): readonly string[] {
  if (pages === null) return []
  const kilobytes = (bytes: number) => number(bytes / 1024)
  return [
    '## In the browser',
    '',
    table(
      ['', 'KB', 'gzip', 'brotli'],
      pages.bundles.map(({ name, raw, gzip, brotli }) => [name, kilobytes(raw), kilobytes(gzip), kilobytes(brotli)]),
    ),
    '',
    `Chromium on the same machine, caches empty, median of seven: the SDK has run ${number(pages.sdkReadyMs, 0)} ms after the page began to load; the checkout’s first button can be pressed ${number(pages.checkoutReadyMs, 0)} ms after the click that opens it. Stripe.js is the sandbox’s.`,
    '',
  ]
}

function added(figures: Figures, direct: Figures | undefined, which: 'p50Ms' | 'p99Ms'): string {
  return number(figures[which] - (direct?.[which] ?? 0), 2)
}

function targetRow(target: (typeof targets)[number], { results }: Results): readonly string[] {
  const figuresOf = (name: string) => results.find((one) => one.name === name)?.figures
  const [own, other] = [figuresOf(target.of), figuresOf(target.to)]
  const ratio = own === undefined || other === undefined ? Number.NaN : target.pick(own) / target.pick(other)
  return row(target.what, target.of, target.to, ratio, target.reach)
}

/** Latency added, not latency: what the direct call takes is taken off both. */
function latencyRows({ results }: Results): readonly (readonly string[])[] {
  const figuresOf = (name: string) => results.find((one) => one.name === name)?.figures
  const [own, other, direct] = [figuresOf('OpenCredits, SQLite'), figuresOf('Portkey'), figuresOf('direct')]
  if (own === undefined || other === undefined || direct === undefined) return []
  return [
    row(
      'added p50 at 200/s',
      'OpenCredits, SQLite',
      'Portkey',
      (own.p50Ms - direct.p50Ms) / (other.p50Ms - direct.p50Ms),
      { atMost: 0.8 },
    ),
    row(
      'added p99 at 200/s',
      'OpenCredits, SQLite',
      'Portkey',
      (own.p99Ms - direct.p99Ms) / (other.p99Ms - direct.p99Ms),
      { atMost: 0.5 },
    ),
    [
      ...['memory with 500 streams', 'OpenCredits, SQLite', '300 MB', number(own.megabytesOfStreams, 0), '≤ 300'],
      own.megabytesOfStreams <= 300 ? 'reached' : 'not reached',
    ],
  ]
}

function row(
  what: string,
  of: string,
  to: string,
  ratio: number,
  reach: (typeof targets)[number]['reach'],
): readonly string[] {
  const isReached = 'atLeast' in reach ? ratio >= reach.atLeast : ratio <= reach.atMost
  const goal = 'atLeast' in reach ? `≥ ${reach.atLeast} ×` : `≤ ${reach.atMost} ×`
  return [
    what,
    of,
    to,
    `${number(ratio, 2)} ×`,
    goal,
    Number.isFinite(ratio) ? (isReached ? 'reached' : 'not reached') : 'not measured',
  ]
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
