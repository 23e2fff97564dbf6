import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { expectLinear } from '../kernel/test-cpu-time.ts'
import { countText } from './count-text.ts'

const exact = (text: string) => countTokens(text, { disallowedSpecial: new Set() })
const readme = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8')
const source = readFileSync(new URL('../serve.ts', import.meta.url), 'utf8')

const ordinary: Readonly<Record<string, string>> = {
  prose: readme,
  code: source,
  JSON: JSON.stringify({
    list: Array.from({ length: 300 }, (_, id) => ({ id, name: `name ${id}`, isOn: id % 2 === 0 })),
  }),
  Chinese: '这是一个用来测试分词器速度的中文句子，它包含了一些常用的汉字和标点符号。'.repeat(50),
  Japanese: '吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。'.repeat(50),
  Thai: 'สวัสดีครับ ผมชื่อสมชาย ยินดีที่ได้รู้จัก '.repeat(50),
  Arabic: 'مرحبا بالعالم، هذا نص للاختبار. '.repeat(50),
  Hindi: 'नमस्ते दुनिया, यह एक परीक्षण है। '.repeat(50),
  emoji: 'I 👩‍👩‍👧 like 🇩🇪 it 👍🏽! '.repeat(50),
  'special tokens': 'a <|endoftext|> b <|im_start|>system <|fim_prefix|>',
  nothing: '',
}

/** Runs of one kind without a boundary. */
const runs: Readonly<Record<string, (length: number) => string>> = {
  'one long word': (length) => 'a'.repeat(length),
  'one long word in capitals': (length) => 'A'.repeat(length),
  'letters of all kinds': (length) => 'aBǅʰΩж漢ก'.repeat(length / 8),
  base64: (length) => randomText(length, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'),
  'rare Chinese': (length) => randomText(length / 2, range(0x4e00, 20_000)),
  digits: (length) => '1234567890'.repeat(length / 10),
  'white space': (length) => `${' \t'.repeat(length / 2)}x`,
  'line ends': (length) => `${'\r\n'.repeat(length / 2)}x`,
  punctuation: (length) => randomText(length, '!"#$%&()*+,-./:;<=>?@[]^_`{|}~'),
  slashes: (length) => `.${'/'.repeat(length)}`,
  'emoji that are joined': (length) => '👩‍'.repeat(length / 3),
  'marks on one letter': (length) => `e${'\u0301'.repeat(length)}`,
  'lone surrogates': (length) => '\ud800'.repeat(length),
  apostrophes: (length) => "a's".repeat(length / 3),
  nulls: (length) => '\0'.repeat(length),
}

describe('countText', () => {
  it.each(Object.entries(ordinary))('counts %s exactly', (_label, text) => expect(countText(text)).toBe(exact(text)))

  it(
    'counts any text of words exactly',
    () =>
      fc.assert(
        fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { maxLength: 20 }), (words) => {
          const text = words.join(' ')
          expect(countText(text)).toBe(exact(text))
        }),
        { numRuns: 300 },
      ),
    60_000,
  )

  it.each(Object.entries(runs))('is within 3 % for %s', (_label, make) => {
    const text = make(6_000)
    const [counted, truth] = [countText(text), exact(text)]
    expect(Math.abs(counted - truth)).toBeLessThanOrEqual(truth * 0.03 + 2)
  })

  it.each(Object.entries(runs))(
    'takes time with the length of %s, not with its square',
    (_label, make) => {
      expectLinear((length) => {
        const text = make(length)
        return () => void countText(text)
      }, 30_000)
    },
    60_000,
  )

  it('counts a word of 50 MB', () => {
    expect(countText('a'.repeat(50 * 1024 * 1024))).toBeCloseTo((50 * 1024 * 1024) / 8, -5)
  }, 60_000)
})

/** The same in every run. */
function randomText(length: number, letters: string): string {
  const all = [...letters]
  let state = 7
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return all[Math.floor((state / 2 ** 32) * all.length)]
  }).join('')
}

function range(first: number, count: number): string {
  return Array.from({ length: count }, (_, index) => String.fromCodePoint(first + index)).join('')
}
