import { useWords } from '../messages/words-context.ts'
import { layOutBars, roundUpForAxis } from './bar-heights.ts'

export interface BarValue {
  readonly day: string
  readonly value: number
}

/**
 * Credits by day. The picture is for the eye: the same figures stand in a table beside it, so that it is hidden from
 * screen readers. It scales to one round number, which is written at its top.
 */
export function Bars({
  values,
  isSmall = false,
}: {
  readonly values: readonly BarValue[]
  readonly isSmall?: boolean
}) {
  const { t, format } = useWords()
  const top = roundUpForAxis(Math.max(0, ...values.map(({ value }) => value)))
  const drawn = layOutBars(
    values.map(({ value }) => value),
    isSmall ? undefined : top,
  )
  const [first, last] = [values[0], values.at(-1)]
  return (
    <div class={isSmall ? 'bars small' : 'bars'} aria-hidden="true">
      {!isSmall && <span class="bars-top">{format.credits(top)}</span>}
      <svg width="100%" height="100%" aria-hidden="true">
        {drawn.map((bar, index) => (
          <rect
            key={values[index]?.day}
            x={`${bar.left}%`}
            width={`${bar.width}%`}
            y={`${100 - bar.height}%`}
            height={`${bar.height}%`}
            rx={isSmall || values.length < 45 ? 3 : 1}
          >
            <title>
              {t('barTitle', {
                day: format.day(values[index]?.day ?? ''),
                credits: t('credits', { count: values[index]?.value ?? 0 }),
              })}
            </title>
          </rect>
        ))}
      </svg>
      {isSmall ? (
        <div class="bars-days">
          {values.map(({ day }) => (
            <span key={day}>{format.weekday(day)}</span>
          ))}
        </div>
      ) : (
        <div class="bars-ends">
          <span>{first !== undefined && format.day(first.day)}</span>
          <span>{last !== undefined && last !== first && format.day(last.day)}</span>
        </div>
      )}
    </div>
  )
}
