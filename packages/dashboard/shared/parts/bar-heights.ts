export interface Bar {
  /** In percent of the picture's width. */
  readonly left: number
  readonly width: number
  /** In percent of its height. */
  readonly height: number
}

/** What is not nothing is seen, however small it is beside the largest. */
const heightMin = 1.5
const gapShareMax = 0.35

/**
 * Bars of equal width over the whole picture.
 * @param largest the value that is as high as the picture; default: the largest of them
 */
export function layOutBars(values: readonly number[], largest = Math.max(0, ...values)): readonly Bar[] {
  const step = 100 / Math.max(1, values.length)
  const gap = step * (values.length > 45 ? 0.2 : gapShareMax)
  return values.map((value, index) => ({
    left: index * step + gap / 2,
    width: step - gap,
    height: value <= 0 || largest === 0 ? 0 : Math.max(heightMin, (value / largest) * 100),
  }))
}

/** The round number at the top of the axis: 1, 2, 2.5 or 5 times a power of ten, at least the largest value. */
export function roundUpForAxis(largest: number): number {
  if (largest <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(largest))
  const factor = [1, 2, 2.5, 5, 10].find((one) => one * power >= largest * (1 - 1e-9)) ?? 10
  return factor * power
}
