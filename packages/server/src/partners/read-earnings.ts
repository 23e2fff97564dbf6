import { creditsFromMicrocredits, microcredits } from '../kernel/microcredits.ts'
import { readBalances } from '../ledger/balance.ts'
import { parseAccountId, partnerAccount } from '../ledger/chart-of-accounts.ts'
import type { TransferCode } from '../ledger/transfer.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import type { Partner } from './partner.ts'

export interface Earnings {
  readonly id: string
  readonly livemode: boolean
  readonly referral_rate: number
  /** Credits that the ledger owes the partner. */
  readonly earned: number
  /** The newest calls of its users that were paid for, with every transfer that each made. */
  readonly calls: readonly EarningCall[]
}

interface EarningCall {
  readonly request_id: string
  readonly model: string
  readonly ended_at: string
  readonly charge: number
  readonly transfers: readonly EarningTransfer[]
}

interface EarningTransfer {
  readonly code: string
  readonly from: string
  readonly to: string
  readonly credits: number
}

/** What a partner has earned, from the ledger. A partner may not know users, so their wallets have no name here. */
export async function readEarnings(db: DatabaseReader, partner: Partner, callsMax: number): Promise<Earnings> {
  const balances = await readBalances(db)
  const calls = await db
    .selectFrom('requests')
    .select(['id', 'model', 'ended_at_ms', 'charge_microcredits'])
    .where('partner_id', '=', partner.id)
    .where('state', '=', 'settled')
    .orderBy('ended_at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(callsMax)
    .execute()
  const transfers = await transfersOf(
    db,
    calls.map(({ id }) => id),
  )
  return {
    id: partner.appId,
    livemode: partner.livemode,
    referral_rate: partner.shareBasisPoints / 10_000,
    earned: credits(Number(balances.get(partnerAccount(partner.id)) ?? 0n)),
    calls: calls.map((call) => ({
      request_id: call.id,
      model: call.model,
      ended_at: new Date(call.ended_at_ms ?? 0).toISOString(),
      charge: credits(call.charge_microcredits ?? 0),
      transfers: transfers.filter(({ cause_id }) => cause_id === call.id).map(describeTransfer),
    })),
  }
}

/** The transfers that one call made. */
export async function publicTransfersOf(db: DatabaseReader, requestId: string): Promise<readonly EarningTransfer[]> {
  return (await transfersOf(db, [requestId])).map(describeTransfer)
}

const transferColumns = ['code', 'cause_id', 'debit_account', 'credit_account', 'amount_microcredits'] as const

type FoundTransfer = Pick<Row<'transfers'>, (typeof transferColumns)[number]>

function describeTransfer(one: FoundTransfer): EarningTransfer {
  return {
    code: one.code,
    from: publicName(one.debit_account),
    to: publicName(one.credit_account),
    credits: credits(one.amount_microcredits),
  }
}

async function transfersOf(db: DatabaseReader, requestIds: readonly string[]): Promise<readonly FoundTransfer[]> {
  return requestIds.length === 0 ? [] : transfersQuery(db, requestIds).execute()
}

/** By their ids, which derive from the call's: the ledger has no index of causes. */
export function transfersQuery(db: DatabaseReader, requestIds: readonly string[]) {
  const ids = requestIds.flatMap((id) => callCodes.map((code) => `request:${id}:${code}`))
  return db.selectFrom('transfers').select(transferColumns).where('id', 'in', ids).orderBy('seq')
}

const callCodes = [
  ...([
    'usage_cost',
    'usage_share',
    'usage_fee',
    'shortfall_cost',
    'shortfall_share',
  ] as const satisfies TransferCode[]),
]

function publicName(account: string): string {
  const parsed = parseAccountId(account)
  return parsed === null || parsed.kind === 'operator' ? account : parsed.kind
}

function credits(amount: number): number {
  return creditsFromMicrocredits(microcredits(amount))
}
