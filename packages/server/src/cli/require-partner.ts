import { loadPartner, type Partner } from '../partners/partner.ts'
import type { CommandStore } from './with-store.ts'

/** The app that a command names. @throws Error that says how all apps are listed. */
export async function requirePartner({ db, operatorCommand }: CommandStore, id: string): Promise<Partner> {
  const partner = await loadPartner(db, 'id', id)
  if (partner === null) throw new Error(`There is no partner ${id}. List them with: ${operatorCommand} partner list`)
  return partner
}
