import type { Request } from 'express'
import qs from 'qs'
import { type Fields, fieldsOf } from '../json.ts'

/** A form with brackets, as Stripe's clients send it: `line_items[0][price_data][currency]=usd`. */
export function readForm(request: Request): Fields {
  return fieldsOf(qs.parse(typeof request.body === 'string' ? request.body : '', { depth: 10, allowPrototypes: false }))
}

export function readQuery(request: Request): Fields {
  return fieldsOf(request.query)
}
