import { describe, expect, it } from 'vitest'
import { SseScanner } from '../sse-scanner.ts'
import { createEditor } from './edit-answer.ts'

const reasoning = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'secret' }
const message = { type: 'message', id: 'msg_1', content: [{ type: 'output_text', text: 'Hi' }] }
const compaction = { type: 'compaction', id: 'cmp_1', encrypted_content: 'all' }
const answer = { id: 'resp_1', store: false, previous_response_id: null, output: [reasoning, message, compaction] }

function editorFor(wantsEncryptedReasoning = false) {
  const noted: unknown[] = []
  const keeping = {
    previousResponseId: 'resp_0',
    wantsEncryptedReasoning,
    note: (one: unknown) => void noted.push(one),
  }
  return { editor: createEditor(keeping), noted }
}

function edited(type: string, data: object, named = true): unknown {
  const { editor } = editorFor()
  const text = `${named ? `event: ${type}\n` : ''}data: ${JSON.stringify({ type, sequence_number: 7, ...data })}\n\n`
  const [event] = new SseScanner().push(Buffer.from(text))
  const bytes = event === undefined ? null : editor.editEvent(event)
  if (bytes === null) return null
  const [again] = new SseScanner().push(bytes)
  expect(again?.name).toBe(named ? type : null)
  return JSON.parse(again?.data ?? '')
}

describe('createEditor', () => {
  it('says that an answer is kept, keeps it whole, and shows it without what was not asked for', () => {
    const { editor, noted } = editorFor()
    const { encrypted_content: _content, ...shown } = reasoning
    const said = { id: 'resp_1', store: true, previous_response_id: 'resp_0' }
    expect(editor.editAnswer(answer)).toEqual({ ...said, output: [shown, message, compaction] })
    expect(noted).toEqual([{ ...said, output: answer.output }])
    expect(editorFor(true).editor.editAnswer(answer)).toEqual({ ...said, output: answer.output })
  })

  it.each([
    ['response.output_text.delta', { delta: '"encrypted_content" "response"' }],
    ['response.output_item.done', { item: message }],
    ['response.web_search_call.completed', { item_id: 'ws_1' }],
  ])('leaves %s as it is, byte for byte', (type, data) => expect(edited(type, data)).toBeNull())

  it.each([true, false])('edits what an event says of the response, named or not: %s', (named) => {
    const completed = { type: 'response.completed', sequence_number: 7 }
    expect(edited('response.completed', { response: answer }, named)).toMatchObject({
      ...completed,
      response: { store: true, previous_response_id: 'resp_0', output: [{ type: 'reasoning' }, message, compaction] },
    })
    for (const type of ['response.output_item.added', 'response.output_item.done'])
      expect(JSON.stringify(edited(type, { item: reasoning }, named))).not.toContain('secret')
  })

  it('leaves what is no JSON to the one who reads it', () => {
    const [event] = new SseScanner().push(Buffer.from('event: response.completed\ndata: {"a\n\n'))
    expect(event === undefined ? null : editorFor().editor.editEvent(event)).toBeNull()
  })
})
