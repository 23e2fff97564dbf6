import { describe, expect, it } from 'vitest'
import { decideBalanceMail } from './balance-mail.ts'

const million = 1_000_000
const threshold = 50 * million

/** One look after the other at a wallet: credits after it, credits that went out, whether something came in. */
type Look = readonly [credits: number, out: number, came?: 'in']

function tellings(looks: readonly Look[]) {
  let told: { lowToldAtMs: number | null; emptyToldAtMs: number | null } = { lowToldAtMs: null, emptyToldAtMs: null }
  return looks.map(([credits, out, came], index) => {
    const nowMs = 1000 * (index + 1)
    const wallet = {
      postedMicrocredits: credits * million,
      debitedMicrocredits: out * million,
      creditedAtMs: came === undefined ? null : nowMs - 500,
    }
    const decision = decideBalanceMail(wallet, told, threshold, nowMs)
    told = decision.told
    return decision.tell
  })
}

const [low, empty] = ['low_balance', 'empty_balance']

describe('decideBalanceMail', () => {
  it.each<readonly [string, readonly Look[], readonly (string | null)[]]>([
    [
      'is quiet above the threshold and at it',
      [
        [60, 1],
        [50, 10],
      ],
      [null, null],
    ],
    [
      'tells once below it',
      [
        [49.9, 1],
        [30, 19.9],
        [2, 28],
      ],
      [low, null, null],
    ],
    [
      'tells once more when it is used up',
      [
        [40, 20],
        [0.99, 39],
        [0, 0.99],
        [0, 0],
      ],
      [low, empty, null, null],
    ],
    [
      'tells of an empty wallet alone when it fell at once',
      [
        [0, 60],
        [0, 0],
      ],
      [empty, null],
    ],
    [
      'is not re-armed a little above the threshold',
      [
        [40, 20],
        [60, 0, 'in'],
        [49, 11],
      ],
      [low, null, null],
    ],
    [
      'is re-armed well above it',
      [
        [40, 20],
        [60.1, 0, 'in'],
        [49, 11.1],
      ],
      [low, null, low],
    ],
    [
      'is re-armed where a wallet was filled and used up between two looks',
      [
        [40, 20],
        [45, 95, 'in'],
      ],
      [low, low],
    ],
    [
      'tells again that a small wallet is empty, each time it was filled',
      [
        [0, 60],
        [10, 0, 'in'],
        [0, 10],
      ],
      [empty, null, empty],
    ],
    [
      'says nothing of what was just bought, however little',
      [
        [40, 0, 'in'],
        [39, 1],
      ],
      [null, low],
    ],
    ['tells of a debt as of an empty wallet', [[-5, 20]], [empty]],
  ])('%s', (_name, looks, expected) => expect(tellings(looks)).toEqual(expected))

  it('tells nothing twice when it looks at the same transfers again', () => {
    const wallet = { postedMicrocredits: 45 * million, debitedMicrocredits: 95 * million, creditedAtMs: 900 }
    const first = decideBalanceMail(wallet, { lowToldAtMs: 100, emptyToldAtMs: null }, threshold, 1000)
    expect(first.tell).toBe(low)
    expect(decideBalanceMail(wallet, first.told, threshold, 1100).tell).toBeNull()
  })
})
