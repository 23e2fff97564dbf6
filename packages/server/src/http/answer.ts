import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'

/** Sets what is known of an answer before its body: `end` or `write` sends it. */
export function setHead(response: ServerResponse, status: number, headers: OutgoingHttpHeaders): void {
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value)
}

/** A whole answer at once. */
export function answer(
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  body: Buffer | string,
): void {
  setHead(response, status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

export function answerObject(
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  body: object,
): void {
  answer(response, status, { ...headers, 'content-type': 'application/json; charset=utf-8' }, JSON.stringify(body))
}
