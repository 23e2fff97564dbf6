import { describe, expect, it } from 'vitest'
import { newSecret } from '../keys/key-format.ts'
import { chooseOpenAiRoute, chooseRoute, type HasLogin } from './choose-route.ts'
import { masked } from './credential.ts'
import { examine } from './examine.ts'
import { findTraps } from './find-traps.ts'
import { readSetup } from './setup.ts'

const key = newSecret('sk', true)
const server = 'https://credits.example'
const own = 'sk-ant-api03-something-of-ones-own'
const passThrough = { ANTHROPIC_BASE_URL: server, ANTHROPIC_CUSTOM_HEADERS: `X-OpenCredits-Key: Bearer ${key}` }
const setupOf = (environment: Record<string, string>, settings: object = {}) =>
  readSetup(environment, [{ path: 'settings.json', text: JSON.stringify(settings) }]).setup
const typo = `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`

describe('chooseRoute', () => {
  it.each<[string, Record<string, string>, HasLogin, string]>([
    ['a user key as token', { ANTHROPIC_BASE_URL: server, ANTHROPIC_AUTH_TOKEN: key }, true, 'credits'],
    ['a user key as API key', { ANTHROPIC_BASE_URL: server, ANTHROPIC_API_KEY: key }, false, 'credits'],
    [
      'a user key in a custom header',
      { ANTHROPIC_BASE_URL: server, ANTHROPIC_CUSTOM_HEADERS: `x-user-key: ${key}` },
      true,
      'credits',
    ],
    [
      'a key in the custom header beside one’s own',
      { ...passThrough, ANTHROPIC_API_KEY: own },
      false,
      'your own Anthropic credential',
    ],
    ['a key in the custom header and a login', passThrough, true, 'your Claude login'],
    ['a key in the custom header where a login cannot be seen', passThrough, null, 'your Claude login'],
    ['a key in the custom header and nothing else', passThrough, false, 'nobody'],
    ['a custom header and a key that pays', { ...passThrough, ANTHROPIC_AUTH_TOKEN: key }, true, 'nobody'],
    [
      'a mistyped key in the custom header',
      { ...passThrough, ANTHROPIC_API_KEY: own, ANTHROPIC_CUSTOM_HEADERS: `x-opencredits-key: ${typo}` },
      true,
      'nobody',
    ],
    [
      'two that could pay',
      { ANTHROPIC_BASE_URL: server, ANTHROPIC_AUTH_TOKEN: key, ANTHROPIC_API_KEY: own },
      true,
      'nobody',
    ],
    [
      'two different user keys',
      { ANTHROPIC_BASE_URL: server, ANTHROPIC_AUTH_TOKEN: key, ANTHROPIC_API_KEY: newSecret('sk', true) },
      true,
      'nobody',
    ],
    ['no key', { ANTHROPIC_BASE_URL: server }, true, 'nobody'],
    [
      'the word Bearer in the token',
      { ANTHROPIC_BASE_URL: server, ANTHROPIC_AUTH_TOKEN: `Bearer ${key}` },
      true,
      'nobody',
    ],
    ['a publishable key', { ANTHROPIC_BASE_URL: server, ANTHROPIC_API_KEY: newSecret('pk', true) }, true, 'nobody'],
    ['a user key without a server', { ANTHROPIC_API_KEY: key }, true, 'nobody'],
    ['one’s own key without a server', { ANTHROPIC_API_KEY: own }, false, 'your own Anthropic credential'],
    [
      'one’s own key and Anthropic’s own address',
      { ANTHROPIC_BASE_URL: 'https://api.anthropic.com', ANTHROPIC_API_KEY: own },
      false,
      'your own Anthropic credential',
    ],
    ['nothing at all', {}, false, 'your Claude login'],
  ])('%s', (_label, environment, hasLogin, paidBy) =>
    expect(chooseRoute(setupOf(environment), hasLogin).paidBy).toBe(paidBy),
  )

  it('does not guess what a script prints', () => {
    const setup = setupOf(passThrough, { apiKeyHelper: '/bin/print-my-key' })
    expect(chooseRoute(setup, false).paidBy).toBe('whatever apiKeyHelper prints')
  })
})

describe('chooseOpenAiRoute', () => {
  it.each<[string, Record<string, string>, string | undefined]>([
    ['nothing is set', {}, undefined],
    ['a user key at the server', { OPENAI_BASE_URL: `${server}/v1`, OPENAI_API_KEY: key }, 'credits'],
    ['one’s own key at OpenAI', { OPENAI_API_KEY: 'sk-proj-x' }, 'your own OpenAI credential'],
    ['a user key at OpenAI', { OPENAI_API_KEY: key }, 'nobody'],
    ['one’s own key at the server', { OPENAI_BASE_URL: `${server}/v1`, OPENAI_API_KEY: 'sk-proj-x' }, 'nobody'],
    ['no key', { OPENAI_BASE_URL: `${server}/v1` }, 'nobody'],
  ])('%s', (_label, environment, paidBy) => expect(chooseOpenAiRoute(setupOf(environment))?.paidBy).toBe(paidBy))
})

describe('findTraps', () => {
  it.each<[Record<string, string>, readonly string[]]>([
    [{ ANTHROPIC_BASE_URL: server, ANTHROPIC_AUTH_TOKEN: key }, []],
    [{ OPENAI_BASE_URL: `${server}/v1`, OPENAI_API_KEY: key }, []],
    [{ ANTHROPIC_API_KEY: key, ANTHROPIC_AUTH_TOKEN: key }, ['two_credentials']],
    [{ ANTHROPIC_BASE_URL: `${server}/v1/` }, ['base_url_path']],
    [{ ANTHROPIC_BASE_URL: `${server}/v1/messages` }, ['base_url_path']],
    [{ OPENAI_BASE_URL: server }, ['base_url_path']],
    [{ ANTHROPIC_BASE_URL: 'credits.example' }, ['bad_base_url']],
    [{ ANTHROPIC_BASE_URL: key }, ['bad_base_url']],
    [{ ANTHROPIC_BASE_URL: 'http://credits.example' }, ['unencrypted']],
    [{ ANTHROPIC_BASE_URL: 'http://localhost.credits.example' }, ['unencrypted']],
    [{ ANTHROPIC_BASE_URL: 'http://127.credits.example' }, ['unencrypted']],
    [{ ANTHROPIC_BASE_URL: 'http://localhost:8787' }, []],
    [{ ANTHROPIC_BASE_URL: 'http://oc.localhost:8787' }, []],
    [{ ANTHROPIC_BASE_URL: 'http://[::1]:8787' }, []],
    [{ ANTHROPIC_API_KEY: `${key}\n` }, ['white_space']],
    [{ ANTHROPIC_API_KEY: `"${key}"` }, ['quoted_key']],
    [{ ANTHROPIC_AUTH_TOKEN: `Bearer ${key}` }, ['bearer_in_key']],
    [{ ANTHROPIC_AUTH_TOKEN: 'oc_sk_…' }, ['unsendable_key', 'mistyped_key']],
    [{ ANTHROPIC_API_KEY: typo }, ['mistyped_key']],
    [{ OPENAI_API_KEY: newSecret('rk', true) }, ['wrong_kind_of_key']],
    [{ ANTHROPIC_CUSTOM_HEADERS: `x-opencredits-key: Bearer ${own}` }, ['foreign_key']],
    [{ ANTHROPIC_CUSTOM_HEADERS: `x-opencredits-key=${key}` }, ['malformed_header']],
    [{ ANTHROPIC_CUSTOM_HEADERS: `x-opencredit-key: ${key}` }, ['malformed_header']],
    [{ ANTHROPIC_CUSTOM_HEADERS: `x-user-key: ${key}` }, []],
    [{ ANTHROPIC_BASE_URL: server, CLAUDE_CODE_USE_BEDROCK: '1' }, ['other_cloud']],
  ])('%#: %o', (environment, codes) => {
    const traps = findTraps(setupOf(environment))
    expect(traps.map(({ code }) => code)).toEqual(codes)
    expect(JSON.stringify(traps)).not.toContain(key.slice(10, 40))
  })
})

describe('examine', () => {
  const codesOf = async (environment: Record<string, string>) =>
    (await examine(setupOf(environment), true, null)).traps.map(({ code }) => code)

  it.each<[string, Record<string, string>, readonly string[]]>([
    ['a user key that goes to Anthropic', { ANTHROPIC_AUTH_TOKEN: key }, ['nobody_pays']],
    ['a user key that goes to OpenAI', { OPENAI_API_KEY: key }, ['nobody_pays']],
    ['one’s own key at our server', { ANTHROPIC_BASE_URL: server, ANTHROPIC_API_KEY: own }, ['nobody_pays']],
    ['a login at our server', { ANTHROPIC_BASE_URL: server }, ['nobody_pays']],
    ['one’s own key at Anthropic', { ANTHROPIC_API_KEY: own }, []],
    ['pass-through with a login', passThrough, []],
    [
      'nobody, for a reason that a check has told',
      { ANTHROPIC_BASE_URL: server, ANTHROPIC_API_KEY: typo },
      ['mistyped_key'],
    ],
    [
      'nobody for one client, though the other’s trap is told',
      { OPENAI_BASE_URL: server, OPENAI_API_KEY: key, ANTHROPIC_AUTH_TOKEN: key },
      ['base_url_path', 'nobody_pays'],
    ],
  ])('never calls it well when nobody would pay: %s', async (_label, environment, codes) =>
    expect(await codesOf(environment)).toEqual(codes),
  )

  it.each([
    ['in place of the base URL', { ANTHROPIC_BASE_URL: key, OPENAI_BASE_URL: key }],
    ['in the base URL', { ANTHROPIC_BASE_URL: `https://me:${key}@credits.example/${key}?key=${key}` }],
    ['in a header that is none', { ANTHROPIC_BASE_URL: server, ANTHROPIC_CUSTOM_HEADERS: `${key}: ${key}\n${key}` }],
    ['in every place', { ...passThrough, ANTHROPIC_API_KEY: key, ANTHROPIC_AUTH_TOKEN: key, OPENAI_API_KEY: key }],
    ['of another service', { ANTHROPIC_API_KEY: `sk-ant-${key}`, OPENAI_API_KEY: `sk-proj-${key}` }],
  ])('never repeats a secret: %s', async (_label, environment) => {
    expect(JSON.stringify(await examine(setupOf(environment), true, null))).not.toContain(key.slice(10, 40))
  })
})

describe('readSetup', () => {
  it('takes a settings file before the environment, and says so', () => {
    const { setup, overridden, unreadable } = readSetup({ ANTHROPIC_API_KEY: 'one', ANTHROPIC_AUTH_TOKEN: 'old' }, [
      {
        path: 'a.json',
        text: '{"env":{"ANTHROPIC_API_KEY":"two","ANTHROPIC_AUTH_TOKEN":"","OPENAI_API_KEY":"unread"}}',
      },
      { path: 'b.json', text: '{ broken' },
      { path: 'c.json', text: null },
      { path: 'd.json', text: '[]' },
    ])
    expect(setup.get('ANTHROPIC_API_KEY')).toMatchObject({ value: 'two', from: 'a.json' })
    expect([...setup.keys()]).toEqual(['ANTHROPIC_API_KEY'])
    expect(overridden).toEqual([
      'ANTHROPIC_API_KEY: a.json overrides the environment',
      'ANTHROPIC_AUTH_TOKEN: a.json overrides the environment',
    ])
    expect(unreadable).toEqual(['b.json', 'd.json'])
  })
})

describe('masked', () => {
  it('shows of a secret what may be shown', () => {
    expect(masked(`Bearer ${key}`)).toBe(`oc_sk_…${key.slice(-4)}`)
    expect(masked('short')).toBe('…')
  })
})
