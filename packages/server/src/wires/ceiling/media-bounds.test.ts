import { describe, expect, it } from 'vitest'
import type { Model } from '../../pricing/catalogue.ts'
import type { UpstreamBody, UpstreamFormatName } from '../wire.ts'
import { boundInput } from './bound-input.ts'
import {
  dataUrl,
  formatOf,
  gemini,
  gpt,
  haiku,
  image,
  model,
  opus,
  promptOf,
  saysBlocks,
  saysItems,
} from './test-bodies.ts'
import { pdfData, writeGif, writeJpeg, writePng, writeWav } from './test-media.ts'

const pdf = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: pdfData } }
const pngUrl = (side: number) => dataUrl('image/png', writePng(side, side))
const pdfUrl = dataUrl('application/pdf', pdfData)
const chatImage = (url: string) => saysBlocks({ type: 'image_url', image_url: { url } })
const chatSound = (data: string) => saysBlocks({ type: 'input_audio', input_audio: { data, format: 'wav' } })
const inputFile = (filename: string, url: string) => saysItems({ type: 'input_file', filename, file_data: url })
const inputImage = (url: string, detail = 'auto') => saysItems({ type: 'input_image', image_url: url, detail })
const byUrl = (type: string) => saysBlocks({ type, source: { type: 'url', url: 'https://a.example/b' } })
const wav = writeWav(10)

/** What a part adds to the text of its body; `window` is the whole context window. */
type Line = readonly [
  label: string,
  model: Model,
  body: UpstreamBody,
  adds: number | 'window',
  more?: { readonly format?: UpstreamFormatName; readonly pages?: readonly (number | null)[] },
]

const anthropic: readonly Line[] = [
  ['a picture, by its size', opus, saysBlocks(image(writePng(1000, 1000))), 1334],
  ['a picture in a tool’s result', opus, saysBlocks({ type: 'tool_result', content: [image(writePng(28, 28))] }), 2],
  ['a JPEG behind a large preview', opus, saysBlocks(image(writeJpeg(280, 28, segment(60_000)))), 11],
  ['a picture whose header is unreadable: the largest', opus, saysBlocks(image('AAAA'.repeat(500))), 4784],
  ['a GIF: the largest, as a frame may be larger than its header says', haiku, saysBlocks(image(writeGif(1, 1))), 1600],
  ['a picture by its URL', opus, byUrl('image'), 'window'],
  ['a PDF of 20 pages, standard resolution', haiku, saysBlocks(pdf), 20 * (3000 + 1600), { pages: [20] }],
  ['a PDF of 100 pages, high resolution', opus, saysBlocks(pdf), 100 * (3000 + 4784), { pages: [100] }],
  ['a PDF of more pages than fit', haiku, saysBlocks(pdf), 'window', { pages: [100] }],
  ['a PDF that cannot be read', opus, saysBlocks(pdf), 'window', { pages: [null] }],
  ['two PDFs, one unreadable', opus, saysBlocks(pdf, pdf), 'window', { pages: [1, null] }],
  ['a document by its URL', opus, byUrl('document'), 'window'],
  [
    'a document of blocks',
    opus,
    saysBlocks({ type: 'document', source: { type: 'content', content: [image(writePng(56, 28))] } }),
    3,
  ],
  ['a kind of block that nobody knows', opus, saysBlocks({ type: 'hologram', data: 'x' }), 'window'],
  ['tools, with the prompt that explains them', opus, { tools: [{ name: 'a', input_schema: {} }] }, 804],
  ['a tool of Anthropic’s', opus, { tools: [{ type: 'bash_20250124', name: 'bash' }] }, 804 + 325],
  ['one that is not documented', opus, { tools: [{ type: 'memory_20250818', name: 'memory' }] }, 804 + 7550],
]

const responses: readonly Line[] = [
  ['a picture', gpt, inputImage(pngUrl(1024)), 765],
  ['a picture, low', gpt, inputImage(pngUrl(1024), 'low'), 85],
  [
    'a screenshot',
    gpt,
    {
      input: [{ type: 'computer_call_output', output: { type: 'computer_screenshot', image_url: pngUrl(1024) } }],
    },
    765,
  ],
  [
    'a picture that a function gave',
    gpt,
    { input: [{ type: 'function_call_output', output: [{ type: 'input_image', image_url: pngUrl(1024) }] }] },
    765,
  ],
  ['a picture by its URL', gpt, inputImage('https://a.example/b.png'), 'window'],
  ['a picture for a model without a figure', model('gpt-5.1'), inputImage(pngUrl(8)), 'window'],
  ['a PDF, for whose text there is no figure', gpt, inputFile('a.pdf', pdfUrl), 'window', { pages: [1] }],
  ['a PDF by the name of a table', gpt, inputFile('a.xlsx', pdfUrl), 'window', { pages: [1] }],
  ['another file, which may be unpacked', gpt, inputFile('a.txt', dataUrl('text/plain', 'aGk=')), 'window'],
  ['an item that nobody knows', gpt, { input: [{ type: 'hologram' }] }, 'window'],
  ['a tool of OpenAI’s', gpt, { tools: [{ type: 'local_shell' }] }, 7550],
]

const chat: readonly Line[] = [
  ['a picture', gpt, chatImage(dataUrl('image/jpeg', writeJpeg(1024, 1024))), 765, { format: 'chat' }],
  ['the mini model’s: 33 times as many', model('gpt-4o-mini'), chatImage(pngUrl(1024)), 25_501, { format: 'chat' }],
  ['a picture of Gemini', gemini, chatImage(pngUrl(8)), 2240],
  ['a film in the place of a picture', gemini, chatImage(dataUrl('video/mp4', 'AAAA')), 'window'],
  ['a PDF in the place of a picture', gemini, chatImage(pdfUrl), 3 * 1120, { pages: [3] }],
  [
    'a PDF, whose text is free',
    gemini,
    saysBlocks({ type: 'file', file: { file_data: pdfUrl } }),
    3360,
    { pages: [3] },
  ],
  [
    'a PDF that its URL calls a text',
    gemini,
    saysBlocks({ type: 'file', file: { file_data: pdfUrl.replace('application/pdf', 'text/plain') } }),
    'window',
  ],
  ['ten seconds of sound, with the header as sound', gemini, chatSound(wav), 321],
  ['sound that is packed', gemini, chatSound(writeWav(1, { codec: 85 })), 'window'],
  ['sound of another kind', gemini, chatSound('SUQz'), 'window'],
  ['sound for a model without a figure', gpt, chatSound(wav), 'window', { format: 'chat' }],
  ['what Grok adds to each prompt', model('grok-4'), { messages: [] }, 1000],
]

/** A segment of a JPEG that says nothing of its size. */
function segment(bytes: number): Buffer {
  const head = Buffer.from([0xff, 0xe1, 0, 0])
  head.writeUInt16BE(bytes + 2, 2)
  return Buffer.concat([head, Buffer.alloc(bytes)])
}

const formats = { Messages: anthropic, Responses: responses, 'Chat Completions': chat }

for (const [name, lines] of Object.entries(formats)) {
  describe(`the bound of a body of ${name}`, () => {
    for (const [label, of, body, adds, { format = formatOf[of.provider], pages = [] } = {}] of lines) {
      it(label, () => {
        const prompt = promptOf(of, body, { format, pages })
        const text = prompt.bodyBytes - prompt.parts.mediaCharacters
        expect(boundInput(prompt).tokens).toBe(adds === 'window' ? of.contextWindow : text + adds)
      })
    }
  })
}
