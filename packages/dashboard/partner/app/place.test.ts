import { describe, expect, it } from 'vitest'
import { findPage } from '../pages.ts'
import { hrefOf, readPlace } from './place.ts'

describe('readPlace', () => {
  it.each([
    ['/partner/par_1', { appId: 'par_1', livemode: true, segments: [] }],
    ['/partner/par_1/', { appId: 'par_1', livemode: true, segments: [] }],
    ['/partner/par_1/test', { appId: 'par_1', livemode: false, segments: [] }],
    ['/partner/par_1/keys/rk_2', { appId: 'par_1', livemode: true, segments: ['keys', 'rk_2'] }],
    ['/partner/par_1/test/keys', { appId: 'par_1', livemode: false, segments: ['keys'] }],
    ['/partner', null],
    ['/partner/new', null],
    ['/account/par_1', null],
  ])('%s', (path, place) => expect(readPlace(path)).toEqual(place))

  it('reads what hrefOf writes', () => {
    for (const livemode of [true, false])
      for (const page of ['', 'settings'])
        expect(readPlace(hrefOf({ appId: 'par_1', livemode }, page))).toEqual({
          appId: 'par_1',
          livemode,
          segments: page === '' ? [] : [page],
        })
  })
})

describe('findPage', () => {
  it('opens the overview where no page is named', () => expect(findPage([])?.page.path).toBe(''))
  it('hands what follows to the page', () =>
    expect(findPage(['settings', 'a', 'b'])).toMatchObject({ page: { path: 'settings' }, rest: ['a', 'b'] }))
  it('knows no other pages', () => expect(findPage(['nowhere'])).toBeNull())
})
