import { sql } from 'kysely'
import type { Query } from './verify-books.ts'

/**
 * What came to an account with a guest is what the transfers moved, less what the operator paid for the guest. A claim of
 * a part has a move of its own; all other transfers to the account are of the whole wallet.
 */
export const movesByTransfers: Query = sql`
  with moved as (
    select guest_moves.id,
      (select coalesce(sum(amount_microcredits), 0) from transfers
        where debit_account = 'wallet:' || guest_user_id and credit_account = 'wallet:' || account_user_id
          and case when guest_moves.id like 'claim:%' then transfers.id = guest_moves.id
            else code in ('merge', 'claim') and not exists (
              select 1 from guest_moves as part where part.id = transfers.id and part.id like 'claim:%') end)
      - case when guest_moves.id like 'claim:%' then 0 else
        (select coalesce(sum(amount_microcredits), 0) from transfers where transfers.id = 'guest_debt:' || guest_user_id) end as posted
    from guest_moves)
  select guest_moves.id as id, cast(moved.posted as text) as expected, cast(posted_microcredits as text) as actual
  from guest_moves join moved on moved.id = guest_moves.id where moved.posted <> posted_microcredits`

/**
 * Refunds and disputes of a guest's purchases have taken from the account what came along and no more, and the rest from
 * the guest or the operator (\`checkout/split-take-back.ts\`).
 */
export const takenByMoves: Query = sql`
  with back as (
    select purchases.guest_move_id as id,
      sum(case when transfers.id like '%:guest' then amount_microcredits else 0 end * case when code in ('refund', 'dispute') then 1 else -1 end) as of_guest,
      sum(case when transfers.id not like '%:guest' and 'wallet:' || purchases.user_id in (debit_account, credit_account)
        then amount_microcredits else 0 end * case when code in ('refund', 'dispute') then 1 else -1 end) as of_account
    from transfers
    join (select id, purchase_id from refunds union all select id, purchase_id from disputes) as causes on causes.id = transfers.cause_id
    join purchases on purchases.id = causes.purchase_id
    where purchases.guest_move_id is not null and code in ('refund', 'refund_reversal', 'dispute', 'dispute_reversal')
    group by purchases.guest_move_id
  ), due as (
    select id, taken_back_microcredits as taken,
      case when posted_microcredits > 0 then posted_microcredits else 0 end
        - case when posted_microcredits > taken_back_microcredits then posted_microcredits - taken_back_microcredits else 0 end as of_account
    from guest_moves)
  select due.id as id, 'account ' || due.of_account || ', guest ' || (due.taken - due.of_account) as expected,
    'account ' || coalesce(back.of_account, 0) || ', guest ' || coalesce(back.of_guest, 0) as actual
  from due left join back on back.id = due.id
  where due.of_account <> coalesce(back.of_account, 0) or due.taken - due.of_account <> coalesce(back.of_guest, 0)`
