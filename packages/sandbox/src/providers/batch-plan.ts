import type { ProviderFailure } from './provider-control.ts'

/** How a batch goes. Without any of it: it is made, it ends as soon as it can, and every item is answered. */
export interface BatchPlan {
  /** From its creation to its end; null: not before it is canceled, ended by the control, or a day old. Default 0. */
  readonly endsAfterMs?: number | null
  /** Its time is over when it ends: every second item, from the first on, has expired. */
  readonly isExpiring?: boolean
  /** From the cancellation to the end. Default 0. */
  readonly cancelingMs?: number
  /** One line of the results is in them twice. */
  readonly isLineDoubled?: boolean
  /** The results are in another order each time that they are read. */
  readonly isReshuffled?: boolean
  /** The results break off after so many lines, the first time that they are read. */
  readonly cutAfterLines?: number | null
  /**
   * So many looks at it, and at its results, answer 404, as if it were nowhere: Anthropic's do so for a while, seconds
   * after the creation and later (https://github.com/anthropics/anthropic-sdk-python/issues/1432). Default 0.
   */
  readonly hiddenLooks?: number
  /** Instead of its creation. */
  readonly createFailure?: ProviderFailure | null
  /** The batch is made, and the connection is cut before the answer. */
  readonly isCreateAnswerLost?: boolean
}

const wellPlan: Required<BatchPlan> = {
  endsAfterMs: 0,
  isExpiring: false,
  cancelingMs: 0,
  isLineDoubled: false,
  isReshuffled: false,
  cutAfterLines: null,
  hiddenLooks: 0,
  createFailure: null,
  isCreateAnswerLost: false,
}

export interface BatchPlans {
  /** So many of the next batches go like this. */
  set(plan: BatchPlan, count: number): void
  /** What the next batch is to do; used up by it. */
  take(): Required<BatchPlan>
}

export function createBatchPlans(): BatchPlans {
  let planned = { plan: wellPlan, count: 0 }
  return {
    set(plan, count) {
      planned = { plan: { ...wellPlan, ...plan }, count }
    },
    take() {
      if (planned.count <= 0) return wellPlan
      planned.count -= 1
      return planned.plan
    },
  }
}
