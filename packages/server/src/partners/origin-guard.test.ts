import { describe, expect, it } from 'vitest'
import { createOriginGuard } from './origin-guard.ts'

const app = { id: 'par_1', appId: 'par_1', origins: ['https://app.example'], allowsLocalhost: false }
const bare = { id: 'par_2', appId: 'par_2', origins: [], allowsLocalhost: false }
const local = { ...app, allowsLocalhost: true }
const publicUrl = 'https://credits.example/'

describe('createOriginGuard', () => {
  const cases: readonly (readonly [string, string | undefined, typeof app | typeof bare, boolean, boolean])[] = [
    // label, origin, app, sandbox, passes
    ['a server, which sends no origin', undefined, app, false, true],
    ['a registered page', 'https://app.example', app, false, true],
    ['the checkout itself', 'https://credits.example', app, false, true],
    ['the checkout itself, for an app without origins', 'https://credits.example', bare, false, true],
    ['another page', 'https://evil.example', app, false, false],
    ['another port of a registered page', 'https://app.example:8443', app, false, false],
    ['a registered host over http', 'http://app.example', app, false, false],
    ['a sandboxed frame', 'null', app, false, false],
    ['an empty origin', '', app, false, false],
    ['a page on this machine, with real money', 'http://localhost:3000', bare, false, false],
    ['a page on this machine, in the sandbox', 'http://localhost:3000', bare, true, true],
    ['a page on this machine, where the app allows it', 'http://localhost:3000', local, false, true],
    ['another page, where the app allows this machine', 'https://evil.example', local, false, false],
    ['a page on this machine, once an origin is registered', 'http://localhost:3000', app, true, false],
  ]
  for (const [label, origin, partner, isSandbox, passes] of cases) {
    it(`${passes ? 'passes' : 'refuses'} ${label}`, () => {
      const check = () => createOriginGuard({ publicUrl, isSandbox }).check(origin, partner)
      if (passes) expect(check).not.toThrow()
      else expect(check).toThrow(expect.objectContaining({ code: 'origin_not_allowed', status: 403 }))
    })
  }
})

describe('onRefused', () => {
  it('hears of refusals only, by the row of the world', () => {
    const heard: string[] = []
    const onRefused = (partnerId: string, origin: string) => void heard.push(`${partnerId} ${origin}`)
    const guard = createOriginGuard({ publicUrl, isSandbox: false, onRefused })
    const twin = { ...app, id: 'par_twin' }
    guard.check('https://app.example', twin)
    expect(() => guard.check('https://evil.example', twin)).toThrow()
    expect(() => guard.checkFraming('null', twin)).toThrow()
    expect(heard).toEqual(['par_twin https://evil.example', 'par_twin null'])
  })
})

describe('what a refusal says', () => {
  const update = 'npx --yes pnpm@12 opencredits partner update par_1'
  it.each([
    ['https://new.example', `${update} --origin https://new.example`],
    ['http://app.localhost:3000', `${update} --origin http://app.localhost:3000`],
    ['http://localhost:3000', `${update} --origin http://localhost:3000 –`],
    ['http://localhost:3000', `${update} --allow-localhost yes`],
    ['http://[::1]:3000', `${update} --allow-localhost yes`],
    ['http://app.example', 'Serve the page over https'],
    ['null', 'opened as a file'],
    ['', 'opened as a file'],
  ])('of %s', (origin, advice) => {
    const guard = createOriginGuard({ publicUrl, isSandbox: false })
    const refused = () => guard.checkFraming(origin, app)
    expect(refused).toThrow(expect.objectContaining({ message: expect.stringContaining(advice) }))
  })

  it('names the command as the operator runs it', () => {
    const guard = createOriginGuard({ publicUrl, isSandbox: false, operatorCommand: 'docker exec oc opencredits' })
    expect(() => guard.checkFraming('https://new.example', app)).toThrow(
      'with: docker exec oc opencredits partner update par_1 --origin https://new.example',
    )
  })

  it('is told of our own origin too, where the frame would not load either', () => {
    const guard = createOriginGuard({ publicUrl, isSandbox: false })
    expect(() => guard.check('https://credits.example', app)).not.toThrow()
    expect(() => guard.checkFraming('https://credits.example', app)).toThrow(/--origin https:\/\/credits\.example/)
  })
})
