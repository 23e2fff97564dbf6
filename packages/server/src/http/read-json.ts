import express, { type Request, type RequestHandler } from 'express'
import { AppError } from '../kernel/app-error.ts'

const smallBodyBytesMax = 256 * 1024
/** The contract's limit for AI requests. */
export const aiBodyBytesMax = 50 * 1024 * 1024

/** Reads a body of up to 256 KB whole; `readJson` parses it. Any content type is taken: curl sends a form's by default. */
export const smallBody: RequestHandler = express.raw({ type: () => true, limit: smallBodyBytesMax })
/** Reads a body of up to 50 MB whole. */
export const aiBody: RequestHandler = express.raw({ type: () => true, limit: aiBodyBytesMax })

/**
 * The JSON object in a body read by `smallBody`.
 * @throws AppError `invalid_request` for anything but one JSON object in UTF-8.
 */
export function readJsonObject(request: Request): Record<string, unknown> {
  return parseJsonObject(bodyOf(request))
}

/** What `smallBody` or `aiBody` has read. */
export function bodyOf(request: Request): Buffer {
  const body: unknown = request.body
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0)
}

/** @throws AppError `invalid_request` for anything but one JSON object in UTF-8. */
export function parseJsonObject(body: Buffer): Record<string, unknown> {
  if (body.length === 0) throw new AppError('invalid_request', 'The body is empty; a JSON object was expected.')
  const value = parseJson(body)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('invalid_request', 'The body must be a JSON object.')
  }
  return value as Record<string, unknown>
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (error) {
    throw new AppError('invalid_request', 'The body is not valid JSON.', { cause: error })
  }
}
