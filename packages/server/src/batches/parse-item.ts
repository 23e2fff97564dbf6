import { JsonStructure } from '../http/json-structure.ts'
import { parseJsonObject } from '../http/request-body.ts'

/**
 * Parses the text of one request of a batch, which is as bounded as the body of a call: whatever is parsed at once stops
 * everybody else meanwhile.
 * @throws AppError `invalid_request` for what is nested too deep, has too many values, or is no JSON object in UTF-8.
 */
export function parseItem(text: Buffer): Record<string, unknown> {
  new JsonStructure().follow(text, 0)
  return parseJsonObject(text)
}
