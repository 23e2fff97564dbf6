import { type Fields, fieldsOf, listOf } from '../json.ts'
import { checkParameters, type Shape } from './check-parameters.ts'
import { invalid } from './stripe-error.ts'
import type { StripeObject } from './stripe-state.ts'

const limitDefault = 10
const limitMax = 100

const pageShapes: Readonly<Record<string, Shape>> = {
  limit: 'integer',
  starting_after: 'text',
  ending_before: 'text',
  expand: { list: 'text' },
  created: 'unused',
}

/**
 * One page of a list, newest first, as Stripe's lists are. Filters are compared with the field of the same name.
 * @param newestLast everything there is, in the order in which it was made
 */
export function listPage(
  newestLast: Iterable<StripeObject>,
  parameters: Fields,
  options: { readonly url: string; readonly filters?: Readonly<Record<string, Shape>> },
) {
  const filters = options.filters ?? {}
  checkParameters(parameters, { ...pageShapes, ...filters })
  const limit = parameters.limit === undefined ? limitDefault : Number(parameters.limit)
  if (limit < 1 || limit > limitMax) throw invalid(`limit must be between 1 and ${limitMax}.`, 'limit')
  const matching = [...newestLast]
    .reverse()
    .filter((object) => isCreatedWithin(object, parameters.created))
    .filter((object) => Object.keys(filters).every((name) => matches(object, name, parameters[name])))
  const { page, hasMore } = cut(matching, parameters, limit)
  return { object: 'list', data: page, has_more: hasMore, url: options.url }
}

function cut(matching: readonly StripeObject[], parameters: Fields, limit: number) {
  if (parameters.ending_before !== undefined) {
    const end = indexOf(matching, parameters.ending_before, 'ending_before')
    return { page: matching.slice(Math.max(0, end - limit), end), hasMore: end > limit }
  }
  const start =
    parameters.starting_after === undefined ? 0 : indexOf(matching, parameters.starting_after, 'starting_after') + 1
  return { page: matching.slice(start, start + limit), hasMore: matching.length > start + limit }
}

function indexOf(objects: readonly StripeObject[], id: unknown, param: string): number {
  const index = objects.findIndex((object) => object.id === id)
  if (index === -1) throw invalid(`No such object: '${String(id)}'`, param, 'resource_missing')
  return index
}

/** `created` is a time, or bounds: `gt`, `gte`, `lt`, `lte`, in seconds. */
function isCreatedWithin(object: StripeObject, created: unknown): boolean {
  if (created === undefined) return true
  const at = Number(object.created)
  if (typeof created === 'string') return at === Number(created)
  const { gt, gte, lt, lte } = fieldsOf(created)
  return (
    (gt === undefined || at > Number(gt)) &&
    (gte === undefined || at >= Number(gte)) &&
    (lt === undefined || at < Number(lt)) &&
    (lte === undefined || at <= Number(lte))
  )
}

/** `types` is a list of event types, and `type` may end in a star; all else is equal or not. */
function matches(object: StripeObject, name: string, wanted: unknown): boolean {
  if (wanted === undefined) return true
  if (name === 'types') return listOf(wanted).includes(object.type)
  const value = String(object[name])
  if (typeof wanted === 'string' && wanted.endsWith('*')) return value.startsWith(wanted.slice(0, -1))
  return value === wanted
}
