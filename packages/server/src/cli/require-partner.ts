import { loadPartner, type Partner } from '../partners/partner.ts'
import type { CommandStore } from './with-store.ts'

/**
 * The app that a command names, in the live world, or with `--test` in the test world.
 * @throws Error that says how all apps are listed, or how the test world is named.
 */
export async function requirePartner(
  { db, operatorCommand }: CommandStore,
  id: string,
  { test: isTest = false }: { readonly test?: boolean | undefined } = {},
): Promise<Partner> {
  const column = isTest ? 'live_partner_id' : 'id'
  const partner = await loadPartner(db, column, id)
  if (partner === null) throw new Error(`There is no partner ${id}. List them with: ${operatorCommand} partner list`)
  if (!isTest && !partner.livemode)
    throw new Error(`${id} is the test world of ${partner.appId}. Name the app and add --test: ${partner.appId} --test`)
  return partner
}

/** What `--test` says in the help of the commands that take it. */
export const testOption = ['--test', 'in the test world'] as const
