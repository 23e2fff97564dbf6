import { generalEn } from '../../shared/messages/en/general.ts'
import type { Message } from '../../shared/messages/message.ts'
import { appEn } from './en/app.ts'
import { figuresEn } from './en/figures.ts'
import { frameEn } from './en/frame.ts'
import { membersEn } from './en/members.ts'
import { setupEn } from './en/setup.ts'
import { webhooksEn } from './en/webhooks.ts'

/** Every word of the console: a file for each part, and what all pages share. A name stands in one file only. */
export const en = {
  ...generalEn,
  ...frameEn,
  ...appEn,
  ...membersEn,
  ...setupEn,
  ...figuresEn,
  ...webhooksEn,
} as const satisfies Readonly<Record<string, Message>>
