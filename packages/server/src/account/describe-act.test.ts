import { describe, expect, it } from 'vitest'
import { describeAct } from './describe-act.ts'

const names = {
  app: (id: string) => (id === 'par_1' ? 'Acme Notes' : id),
  key: (id: string) => ({ name: id === 'key_1' ? 'laptop' : null, lastFour: 'a1B2' }),
}

describe('describeAct', () => {
  it.each([
    [
      'app.connected',
      'par_1',
      null,
      { budget: 500, window: 'month' },
      'Acme Notes was connected: it may spend 500 credits a month',
    ],
    [
      'consent.changed',
      'par_1',
      { budget: 500, window: 'month' },
      { budget: null, window: null },
      'Acme Notes may spend without a limit (before: 500 credits a month)',
    ],
    [
      'consent.changed',
      'par_1',
      { budget: 5, window: 'total' },
      { budget: 5, window: 'total', models: ['a/b'] },
      'What Acme Notes may use was changed; it may spend 5 credits in total',
    ],
    ['app.disconnected', 'par_1', null, { keys_ended: 1 }, 'Acme Notes was cut off: 1 key of it ended'],
    [
      'key.created',
      'key_1',
      null,
      { budget: null, window: null },
      'The key “laptop” was made: it may spend without a limit',
    ],
    [
      'key.rolled',
      'key_2',
      null,
      { grace_seconds: 3600 },
      'The key “oc_sk_…a1B2” got a new secret; the old one works on for 60 minutes',
    ],
    ['key.rolled', 'key_1', null, { grace_seconds: 0 }, 'The key “laptop” got a new secret; the old one ended at once'],
    ['key.revoked', 'key_1', null, null, 'The key “laptop” was revoked'],
    ['session.opened', 'ses_1', null, { is_new_device: true }, 'Signed in with a browser that was not used before'],
    ['something.else_new', 'x', null, null, 'something else new'],
  ])('tells %s in words', (action, id, before, after, expected) => {
    const json = (value: unknown) => (value === null ? null : JSON.stringify(value))
    expect(describeAct({ action, target_id: id, before: json(before), after: json(after) }, names)).toBe(expected)
  })
})
