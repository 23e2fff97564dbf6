import { generalEn } from '../../shared/messages/en/general.ts'
import type { Message } from '../../shared/messages/message.ts'
import { accessEn } from './en/access.ts'
import { frameEn } from './en/frame.ts'
import { keptEn } from './en/kept.ts'
import { moneyEn } from './en/money.ts'
import { settingsEn } from './en/settings.ts'

/**
 * Every word that the user reads, by page, with those that all pages share. Data only, so that another language is files
 * like these: `{name}` is filled in, and a message with `one` and `other` is chosen by its `{count}`.
 */
export const en = {
  ...generalEn,
  ...frameEn,
  ...moneyEn,
  ...accessEn,
  ...keptEn,
  ...settingsEn,
} as const satisfies Readonly<Record<string, Message>>
