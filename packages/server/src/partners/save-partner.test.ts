import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createPepper } from '../keys/pepper.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
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
    expect(await store.db.selectFrom('partners').select('id').execute()).toHaveLength(1)
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
