import { describe, expect, it } from 'vitest'
import { createAccountWords } from '../messages/words-context.ts'
import { describeRunway } from './runway.ts'

describe('describeRunway', () => {
  const { t } = createAccountWords(['en'])
  it.each([
    ['no use', null, 'Nothing was spent in the last seven days.'],
    ['hours', 0.4, 'At this pace it lasts less than a day.'],
    ['a day and a half is promised as one', 1.5, 'At this pace it lasts about 1 day.'],
    ['days', 59.9, 'At this pace it lasts about 59 days.'],
    ['months', 60, 'At this pace it lasts about 2 months.'],
    ['years', 365, 'At this pace it lasts more than a year.'],
  ])('%s', (_label, days, words) => expect(describeRunway(days, t)).toBe(words))
})
