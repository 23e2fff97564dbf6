import { describe, expect, it } from 'vitest'
import { newSecret } from '../keys/key-format.ts'
import { chooseRoute } from './choose-route.ts'
import { findTraps } from './find-traps.ts'
import { masked, readSetup } from './setup.ts'

const key = newSecret('sk')
const server = 'https://credits.example'
const setupOf = (environment: Record<string, string>) => readSetup(environment, []).setup

describe('chooseRoute', () => {
  it.each<[string, Record<string, string>, string]>([
    ['a user key as token', { ANTHROPIC_BASE_URL: server, ANTHROPIC_AUTH_TOKEN: key }, 'credits'],
    ['a user key as API key', { ANTHROPIC_BASE_URL: server, ANTHROPIC_API_KEY: key }, 'credits'],
    [
      'a key in the custom header beside one’s own',
      {
        ANTHROPIC_BASE_URL: server,
        ANTHROPIC_API_KEY: 'sk-ant-x',
        ANTHROPIC_CUSTOM_HEADERS: `x-opencredits-key: Bearer ${key}`,
      },
      'your own Anthropic credential',
    ],
    [
      'a key in the custom header alone',
      { ANTHROPIC_BASE_URL: server, ANTHROPIC_CUSTOM_HEADERS: `X-OpenCredits-Key: Bearer ${key}` },
      'your Claude login',
    ],
    [
      'a custom header and a key that pays',
      { ANTHROPIC_BASE_URL: server, ANTHROPIC_AUTH_TOKEN: key, ANTHROPIC_CUSTOM_HEADERS: `x-opencredits-key: ${key}` },
      'nobody',
    ],
    [
      'two that could pay',
      { ANTHROPIC_BASE_URL: server, ANTHROPIC_AUTH_TOKEN: key, ANTHROPIC_API_KEY: 'sk-ant-x' },
      'nobody',
    ],
    ['no key', { ANTHROPIC_BASE_URL: server }, 'nobody'],
    ['a publishable key', { ANTHROPIC_BASE_URL: server, ANTHROPIC_API_KEY: newSecret('pk') }, 'nobody'],
    ['a user key without a server', { ANTHROPIC_API_KEY: key }, 'nobody'],
    ['one’s own key without a server', { ANTHROPIC_API_KEY: 'sk-ant-x' }, 'your own Anthropic credential'],
    ['nothing at all', {}, 'your Claude login'],
  ])('%s', (_label, environment, paidBy) => expect(chooseRoute(setupOf(environment)).paidBy).toBe(paidBy))
})

describe('findTraps', () => {
  it.each<[Record<string, string>, readonly string[]]>([
    [{ ANTHROPIC_BASE_URL: server, ANTHROPIC_AUTH_TOKEN: key }, []],
    [{ OPENAI_BASE_URL: `${server}/v1`, OPENAI_API_KEY: key }, []],
    [{ ANTHROPIC_API_KEY: key, ANTHROPIC_AUTH_TOKEN: key }, ['two_credentials']],
    [{ ANTHROPIC_BASE_URL: `${server}/v1/` }, ['base_url_path']],
    [{ OPENAI_BASE_URL: server }, ['base_url_path']],
    [{ ANTHROPIC_BASE_URL: 'credits.example' }, ['bad_base_url']],
    [{ ANTHROPIC_BASE_URL: 'http://credits.example' }, ['unencrypted']],
    [{ ANTHROPIC_BASE_URL: 'http://localhost:8787' }, []],
    [{ ANTHROPIC_API_KEY: `${key}\n` }, ['white_space']],
    [{ ANTHROPIC_API_KEY: `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}` }, ['mistyped_key']],
    [{ OPENAI_API_KEY: newSecret('rk') }, ['wrong_kind_of_key']],
    [{ ANTHROPIC_CUSTOM_HEADERS: 'x-opencredits-key: Bearer sk-ant-x' }, ['foreign_key']],
    [{ ANTHROPIC_CUSTOM_HEADERS: `x-opencredits-key=${key}` }, ['malformed_header']],
    [{ ANTHROPIC_BASE_URL: server, CLAUDE_CODE_USE_BEDROCK: '1' }, ['other_cloud']],
  ])('%#', (environment, codes) => {
    const traps = findTraps(setupOf(environment))
    expect(traps.map(({ code }) => code)).toEqual(codes)
    expect(JSON.stringify(traps)).not.toContain(key.slice(10, 40))
  })
})

describe('readSetup', () => {
  it('takes a settings file before the environment, and says so', () => {
    const { setup, overridden, unreadable } = readSetup({ ANTHROPIC_API_KEY: 'one' }, [
      { path: 'a.json', text: '{"env":{"ANTHROPIC_API_KEY":"two"}}' },
      { path: 'b.json', text: '{ broken' },
      { path: 'c.json', text: null },
    ])
    expect(setup.get('ANTHROPIC_API_KEY')).toMatchObject({ value: 'two', from: 'a.json' })
    expect(overridden).toEqual(['ANTHROPIC_API_KEY: a.json overrides the environment'])
    expect(unreadable).toEqual(['b.json'])
  })

  it('shows of a secret what may be shown', () => {
    expect(masked(`Bearer ${key}`)).toBe(`oc_sk_…${key.slice(-4)}`)
    expect(masked('short')).toBe('…')
  })
})
