import { describe, expect, it } from 'vitest'
import { anthropicMessages } from './anthropic-messages/index.ts'
import type { BringFiles, BroughtFile, FileReference } from './bring-files.ts'
import { openaiChat } from './openai-chat/index.ts'
import { openaiResponses } from './openai-responses/index.ts'
import type { Item } from './wire.ts'

const kept: Readonly<Record<string, BroughtFile>> = {
  png: { filename: 'a.png', mimeType: 'image/png', content: { kind: 'base64', data: 'iVBO' } },
  pdf: { filename: 'a report', mimeType: 'application/pdf', content: { kind: 'base64', data: 'JVBERi0' } },
  txt: { filename: 'n.md', mimeType: 'text/markdown', content: { kind: 'text', text: 'words' } },
}

function brought(bringFiles: BringFiles, body: Item) {
  const references: FileReference[] = []
  const whole = bringFiles(body, (reference) => {
    references.push(reference)
    return kept[reference.fileId] ?? null
  })
  return { whole, references }
}

const source = (id: string) => ({ type: 'file', file_id: id })
const mark = { cache_control: { type: 'ephemeral' } }

describe('bringFiles', () => {
  it('finds what a Messages body names, in results of tools and in documents too', () => {
    const body = (image: object, pdf: object, text: object) => ({
      model: 'm',
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'user',
          content: [
            { type: 'image', source: image, ...mark },
            { type: 'tool_result', tool_use_id: 't', content: [pdf, { type: 'text', text: 'x' }] },
            text,
          ],
        },
      ],
    })
    const document = { type: 'document', citations: { enabled: true } }
    const named = body(
      source('png'),
      { ...document, source: source('pdf') },
      { ...document, title: 'T', source: source('txt') },
    )
    const { whole, references } = brought(anthropicMessages.bringFiles, named)
    expect(whole).toEqual(
      body(
        { type: 'base64', media_type: 'image/png', data: 'iVBO' },
        {
          ...document,
          title: 'a report',
          source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0' },
        },
        { ...document, title: 'T', source: { type: 'text', media_type: 'text/plain', data: 'words' } },
      ),
    )
    expect(references).toEqual([
      { fileId: 'png', param: 'messages.1.content.0.source.file_id', as: 'image' },
      { fileId: 'pdf', param: 'messages.1.content.1.content.0.source.file_id', as: 'document' },
      { fileId: 'txt', param: 'messages.1.content.2.source.file_id', as: 'document' },
    ])
    const inner = { type: 'document', source: { type: 'content', content: [{ type: 'image', source: source('png') }] } }
    const nested = brought(anthropicMessages.bringFiles, { messages: [{ role: 'user', content: [inner] }] })
    expect(nested.references[0]?.param).toBe('messages.0.content.0.source.content.0.source.file_id')
    expect(JSON.stringify(nested.whole)).toContain('iVBO')
  })

  it('finds what a Chat body names: an image becomes one, a text is said with its name', () => {
    const chat = (...content: object[]) => ({ messages: [{ role: 'user', content }] })
    const file = (id: string) => ({ type: 'file', file: { file_id: id } })
    const { whole, references } = brought(
      openaiChat.bringFiles,
      chat(file('png'), { ...file('pdf'), ...mark }, file('txt')),
    )
    expect(whole).toEqual(
      chat(
        { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } },
        { type: 'file', ...mark, file: { file_data: 'data:application/pdf;base64,JVBERi0', filename: 'a report.pdf' } },
        { type: 'text', text: 'File "n.md":\n\nwords' },
      ),
    )
    expect(references.map(({ param }) => param)).toEqual(
      [0, 1, 2].map((at) => `messages[0].content[${at}].file.file_id`),
    )
  })

  it('finds what a Responses body names, in what tools have given too', () => {
    const body = (image: object, pdf: object, text: object, screen: object) => ({
      input: [
        { role: 'user', content: [image, pdf] },
        { type: 'function_call_output', call_id: 'c', output: [text] },
        { type: 'computer_call_output', call_id: 'd', output: screen },
      ],
    })
    const named = body(
      { type: 'input_image', detail: 'high', file_id: 'png' },
      { type: 'input_file', file_id: 'pdf', file_data: null },
      { type: 'input_file', file_id: 'txt' },
      { type: 'computer_screenshot', file_id: 'png' },
    )
    const { whole, references } = brought(openaiResponses.bringFiles, named)
    expect(whole).toEqual(
      body(
        { type: 'input_image', detail: 'high', image_url: 'data:image/png;base64,iVBO' },
        { type: 'input_file', file_data: 'data:application/pdf;base64,JVBERi0', filename: 'a report.pdf' },
        { type: 'input_text', text: 'File "n.md":\n\nwords' },
        { type: 'computer_screenshot', image_url: 'data:image/png;base64,iVBO' },
      ),
    )
    expect(references.map(({ param, as }) => `${param} ${as}`)).toEqual([
      ...['input[0].content[0].file_id image', 'input[0].content[1].file_id any'],
      ...['input[1].output[0].file_id any', 'input[2].output.file_id image'],
    ])
  })

  it('leaves a body that names none as it is, and what is not found to the tables, which refuse it', () => {
    const body = { messages: [{ role: 'user', content: [{ type: 'text', text: '"file_id"' }] }, null, 'x'] }
    for (const { bringFiles } of [anthropicMessages, openaiChat, openaiResponses])
      expect(bringFiles(body, () => null)).toBe(body)
    const unknown = {
      model: 'm',
      max_tokens: 1,
      messages: [{ role: 'user', content: [{ type: 'image', source: source('x') }] }],
    }
    expect(() => anthropicMessages.parseRequest({ ...brought(anthropicMessages.bringFiles, unknown).whole })).toThrow(
      /the id of a file is not known in this place/,
    )
  })
})
