import { accessEn } from './en/access.ts'
import { generalEn } from './en/general.ts'
import { keptEn } from './en/kept.ts'
import { moneyEn } from './en/money.ts'
import { settingsEn } from './en/settings.ts'
import type { Message } from './message.ts'

/**
 * Every word that the user reads, in five parts by page. Data only, so that another language is five files like these:
 * `{name}` is filled in, and a message with `one` and `other` is chosen by its `{count}`.
 */
export const en = { ...generalEn, ...moneyEn, ...accessEn, ...keptEn, ...settingsEn } as const satisfies Readonly<
  Record<string, Message>
>
