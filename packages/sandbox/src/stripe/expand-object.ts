import { isFields, listOf } from '../json.ts'
import { invalid } from './stripe-error.ts'
import { findObject, type StripeObject, type StripeState } from './stripe-state.ts'

const depthMax = 4

/** Puts objects in the place of their ids, along paths such as `payment_intent.latest_charge`. */
export function expandObject(state: StripeState, object: object, expand: unknown): object {
  const paths = listOf(expand).map(String)
  return paths.reduce((expanded, path) => expandPath(state, expanded, path.split('.'), path), object)
}

function expandPath(state: StripeState, object: object, steps: readonly string[], path: string): object {
  const [step, ...rest] = steps
  if (step === undefined) return object
  if (steps.length > depthMax) throw invalid(`You cannot expand more than ${depthMax} levels of a property.`, 'expand')
  const value: unknown = Object.hasOwn(object, step) ? Reflect.get(object, step) : undefined
  if (value === undefined) throw invalid(`This property cannot be expanded (${path}).`, 'expand')
  return { ...object, [step]: expandValue(state, value, rest, path) }
}

function expandValue(state: StripeState, value: unknown, rest: readonly string[], path: string): unknown {
  if (Array.isArray(value)) return value.map((item) => expandValue(state, item, rest, path))
  if (isFields(value)) return expandPath(state, value, rest, path)
  if (typeof value !== 'string') return value
  const found: StripeObject | undefined = findObject(state, value)
  if (found === undefined) throw invalid(`This property cannot be expanded (${path}).`, 'expand')
  return expandPath(state, found, rest, path)
}
