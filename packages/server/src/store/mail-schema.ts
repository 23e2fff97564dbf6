import type { Generated } from 'kysely'

/** Tables of mails: what is to be sent, and what was told. */
export interface MailSchema {
  mail_outbox: MailOutboxTable
  mail_marks: MailMarksTable
  budget_mails: BudgetMailsTable
}

/** Written in the transaction of the cause, and deleted once the mail is sent. It holds neither addresses nor secrets. */
export interface MailOutboxTable {
  id: string
  kind: string
  /** JSON: what the mail is about. */
  content: string
  created_at_ms: number
  /** When it is tried next. */
  next_at_ms: number
  tries: Generated<number>
}

/** Up to which transfer the job has looked for balances and budgets that ran low. */
export interface MailMarksTable {
  name: string
  seq: number
}

/** That a user was told how far a budget is used up, in one window. */
export interface BudgetMailsTable {
  budget_id: string
  window_start_ms: number
  /** A budget that was raised since is told of again. */
  budget_microcredits: number
  told_at_ms: number
}
