/** A server that is broken on purpose, by small changes to its source. The harness must notice each. */
export interface Mutant {
  readonly name: string
  readonly edits: readonly Edit[]
  /** What it breaks shows only between two statements of two callers, and SQLite lets one process do one at a time. */
  readonly needsPostgres?: true
}

export interface Edit {
  /** Below `packages/server/src`. */
  readonly file: string
  /** Has to be there exactly once: when the source has changed, the canary says so instead of passing. */
  readonly from: string
  readonly to: string
}

const edit = (file: string, from: string, to: string): Edit => ({ file, from, to })
const mutant = (name: string, ...edits: readonly Edit[]): Mutant => ({ name, edits })

export const mutants: readonly Mutant[] = [
  mutant(
    'a hold does not ask whether the credits are there',
    edit('ledger/hold-owner.ts', 'return microcredits(posted - held)', 'return microcredits(posted - held + 1e12)'),
    edit('ledger/locked-wallets.ts', 'wallets.posted_microcredits - wallets.held_microcredits >= $', '1e15 >= $'),
  ),
  {
    name: 'a wallet is not locked while it is shared out',
    needsPostgres: true,
    edits: [
      edit('ledger/locked-wallets.ts', "lock('wallets')", "''"),
      edit('ledger/locked-wallets.ts', 'isCovered(asked.held)})`', "'true'})`"),
    ],
  },
  mutant(
    'a purchase is credited by every message about it',
    edit(
      'checkout/fulfil-purchase.ts',
      "  if (purchase.status === 'complete')\n",
      "  if (purchase.status === 'expired' && purchase.status !== session.status)\n",
    ),
    edit('checkout/fulfil-purchase.ts', "    .where('status', '!=', 'complete')\n", ''),
    edit(
      'checkout/fulfil-purchase.ts',
      `        id: \`purchase:\${purchase.id}\`,`,
      "        id: ['purchase', purchase.id, ...(purchase.status === 'complete' ? [process.hrtime.bigint()] : [])].join(':'),",
    ),
    edit('checkout/stripe/webhook-inbox.ts', 'if (!(await claim(transaction, event, nowMs)))', 'if (false)'),
  ),
  mutant(
    'usage is added up where it replaces',
    edit(
      'wires/anthropic-messages/create-meter.ts',
      'else reported = { ...reported, ...counts }',
      'else reported = { ...reported, ...counts, outputTokens: (reported.outputTokens ?? 3) + (counts.outputTokens ?? 0) }',
    ),
  ),
  mutant(
    'the last bytes leave before the call is charged',
    edit(
      'gateway/settle-stream.ts',
      '  await settleRequest(\n',
      '  const settleLater: typeof settleRequest = async (...all) => {\n    await new Promise((wait) => setTimeout(wait, 500))\n    return settleRequest(...all)\n  }\n  void settleLater(\n',
    ),
  ),
  mutant(
    'a settled hold moves no money',
    edit('ledger/settle-hold.ts', 'appendTransfers(session, transfers)', 'Promise.resolve(transfers)'),
  ),
  mutant(
    'a released hold is given back twice',
    edit(
      'ledger/settle-hold.ts',
      "    if (settlement === null) return { outcome: 'released' }\n",
      "    if (settlement === null) {\n      changeOwners(owners, ownerOfHold(hold), { spent: 0, held: -hold.amount_microcredits })\n      return { outcome: 'released' }\n    }\n",
    ),
  ),
  mutant(
    'the rest of a settled hold stays held',
    edit(
      'ledger/settle-hold.ts',
      'held: -hold.amount_microcredits }',
      'held: -Math.floor(hold.amount_microcredits / 2) }',
    ),
  ),
  mutant(
    'a share is paid on a shortfall',
    edit(
      'ledger/split-charge.ts',
      'const paidCost = minMicrocredits(due.costMicrocredits, charged)',
      'const paidCost = subtractMicrocredits(charged, minMicrocredits(due.shareMicrocredits, charged))',
    ),
    edit(
      'ledger/split-charge.ts',
      "  assert(shortfall === 0 || (share === 0 && fee === 0), 'no share and no fee of a cost that was not paid whole')\n",
      '',
    ),
  ),
  mutant(
    'who hangs up pays for what was visible',
    edit('gateway/relay-stream.ts', '  if (control.mayThinkUnseen) return false\n', ''),
    edit('gateway/settle-stream.ts', 'unseenMs: control.mayThinkUnseen ? elapsedMs : 0,', 'unseenMs: 0,'),
  ),
  mutant(
    'what lies at an address is held at a constant',
    edit(
      'wires/ceiling/bound-input.ts',
      'media === null || parts.hasUnknown ? model.contextWindow : known',
      'media === null || parts.hasUnknown ? known + 1_500 : known',
    ),
  ),
  mutant('the share is doubled', edit('partners/share.ts', 'const whole = 10_000', 'const whole = 5_000')),
  mutant(
    'cached tokens cost as much as fresh ones',
    edit('pricing/quote.ts', '* rates.cacheReadPerMillion', '* rates.inputPerMillion'),
  ),
  mutant(
    'a second purchase overwrites the balance',
    edit(
      'ledger/post-transfers.ts',
      'sql`wallets.posted_microcredits + excluded.posted_microcredits`',
      'sql`excluded.posted_microcredits`',
    ),
  ),
  mutant(
    'the calls of a dead server cost nothing',
    edit('gateway/recover-call.ts', "hold.state === 'placed'", "hold.state !== 'settled'"),
  ),
  mutant(
    'the calls of a dead server are charged without a mark',
    edit('gateway/recover-call.ts', 'isEstimated: true', 'isEstimated: false'),
  ),
  mutant(
    'the holds of the dead are left alone',
    edit(
      'jobs/resolve-abandoned-holds.ts',
      '    for (const hold of holds) {\n',
      '    for (const hold of holds.slice(0, 0)) {\n',
    ),
    edit('jobs/resolve-abandoned-holds.ts', '    if (holds.length < batch) break\n', '    break\n'),
  ),
  mutant(
    'the living are taken for dead',
    edit(
      'jobs/resolve-abandoned-holds.ts',
      'if (deps.looks.countStandstill(server) >= looksUntilDead) return true',
      'return true',
    ),
  ),
]
