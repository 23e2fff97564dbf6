import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readSecret } from '../keys/key-format.ts'
import { createPepper } from '../keys/pepper.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { transact } from '../store/transact.ts'
import { findOrCreateAccount } from '../users/find-user.ts'
import { loadPartner } from './partner.ts'
import { createPartner, findSharesAbove, type PartnerTerms, updatePartner } from './save-partner.ts'

let store: TestDatabase

beforeEach(async () => {
  store = await openTestDatabase()
})

afterEach(() => store.close())

const terms = (shareBasisPoints: number, change: Partial<PartnerTerms> = {}): PartnerTerms => ({
  ...{ name: 'App', email: 'app@example.com', shareBasisPoints, allowedModels: null, origins: [] },
  ...{ logoUrl: null, accentColor: null, isActive: true, ...change },
})
const deps = (shareBasisPointsMax: number) => ({ db: store.db, pepper: createPepper('a pepper'), shareBasisPointsMax })
const shareOf = async (id: string) => (await loadPartner(store.db, 'id', id))?.shareBasisPoints
const refusal = { code: 'invalid_request', param: 'referral_rate' }

describe('a referral rate', () => {
  it('may be 100 % and no more', async () => {
    const { id } = await createPartner(deps(10_000), terms(10_000), 0)
    expect(await shareOf(id)).toBe(10_000)
    await expect(createPartner(deps(10_000), terms(10_001), 0)).rejects.toMatchObject({
      ...refusal,
      message: expect.stringContaining('at most 1 (REFERRAL_RATE_MAX), got 1.0001'),
    })
    await expect(updatePartner(deps(10_000), id, terms(100_000), 0)).rejects.toMatchObject(refusal)
    expect(await shareOf(id)).toBe(10_000)
    expect(await store.db.selectFrom('partners').select('id').where('livemode', '=', 1).execute()).toHaveLength(1)
  })

  it('may be bounded lower by the operator', async () => {
    const { id } = await createPartner(deps(2_500), terms(2_500), 0)
    await expect(updatePartner(deps(2_500), id, terms(2_501), 0)).rejects.toMatchObject(refusal)
    await updatePartner(deps(2_500), id, terms(1_000), 0)
    expect(await shareOf(id)).toBe(1_000)
  })

  it('that is above a bound which was lowered stays, is found, and does not keep the app from being suspended', async () => {
    const { id } = await createPartner(deps(10_000), terms(8_000), 0)
    expect(await findSharesAbove(store.db, 5_000)).toEqual([{ id, share_basis_points: 8_000 }])
    expect(await findSharesAbove(store.db, 8_000)).toEqual([])
    expect(await updatePartner(deps(5_000), id, terms(8_000, { isActive: false }), 0)).toBe(true)
    expect(await loadPartner(store.db, 'id', id)).toMatchObject({ isActive: false, shareBasisPoints: 8_000 })
    await expect(updatePartner(deps(5_000), id, terms(7_999), 0)).rejects.toMatchObject(refusal)
  })

  it('of an unknown partner is not changed', async () =>
    expect(await updatePartner(deps(10_000), 'par_none', terms(1), 0)).toBe(false))
})

describe('an app’s two worlds', () => {
  const rows = () => store.db.selectFrom('partners').selectAll().orderBy('livemode', 'desc').execute()
  const settings = (row: Awaited<ReturnType<typeof rows>>[number] | undefined) => ({
    ...row,
    ...{ id: '', livemode: 0, live_partner_id: null, publishable_key: '' },
  })

  it('have keys of their own, and the same settings after every change', async () => {
    const created = await createPartner(deps(10_000), terms(1_000, { origins: ['https://app.example'] }), 0)
    const [live, test] = await rows()
    expect(live).toMatchObject({ id: created.id, livemode: 1, publishable_key: created.publishableKey })
    expect(test).toMatchObject({
      livemode: 0,
      live_partner_id: created.id,
      publishable_key: created.testPublishableKey,
    })
    const keys = [created.publishableKey, created.secretKey, created.testPublishableKey, created.testSecretKey]
    expect(keys.map((key) => readSecret(key))).toEqual([
      { kind: 'pk', livemode: true },
      { kind: 'rk', livemode: true },
      { kind: 'pk', livemode: false },
      { kind: 'rk', livemode: false },
    ])
    expect(settings(test)).toEqual(settings(live))
    const changed = terms(2_000, {
      name: 'Renamed',
      isActive: false,
      origins: ['https://b.example'],
      logoUrl: 'https://l',
    })
    expect(await updatePartner(deps(10_000), created.id, changed, 7)).toBe(true)
    const [liveNow, testNow] = await rows()
    expect(liveNow).toMatchObject({ name: 'Renamed', is_active: 0, updated_at_ms: 7 })
    expect(settings(testNow)).toEqual(settings(liveNow))
    const twin = await loadPartner(store.db, 'live_partner_id', created.id)
    expect(twin).toMatchObject({ appId: created.id, livemode: false, isActive: false, origins: ['https://b.example'] })
  })

  it('are changed by the app’s id, and not by the twin’s', async () => {
    const { id } = await createPartner(deps(10_000), terms(1_000), 0)
    const twin = await loadPartner(store.db, 'live_partner_id', id)
    expect(await updatePartner(deps(10_000), twin?.id ?? '', terms(9), 0)).toBe(false)
    expect((await rows()).map((row) => row.share_basis_points)).toEqual([1_000, 1_000])
  })

  it('have an owner each: the maker’s live account is not the owner of what test users do', async () => {
    const { id } = await createPartner(deps(10_000), terms(1_000, { email: 'Maker@example.com' }), 0)
    const account = { email: 'maker@example.com', livemode: true }
    const userId = await transact(store.db, (transaction) => findOrCreateAccount(transaction, account, 0))
    expect((await loadPartner(store.db, 'id', id))?.ownerUserId).toBe(userId)
    expect((await loadPartner(store.db, 'live_partner_id', id))?.ownerUserId).toBeNull()
  })
})
