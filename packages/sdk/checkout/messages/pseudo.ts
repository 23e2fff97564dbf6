import type { Plural } from './message.ts'
import type { Messages } from './translate.ts'

/**
 * English that looks foreign, for tests: what is not translated stands out, and what has too little room is cut off.
 * https://developer.android.com/guide/topics/resources/pseudolocales
 */
const accents = new Map(
  [...'AÅBßCÇDÐEÉGĜHĤIÎJĴKĶLĻNÑOÖRŔSŠTŢUÛWŴYÝZŽaåcçdðeéfƒgĝhĥiîjĵkķlļnñoöpþrŕsštţuûwŵyýzž']
    .map((sign, at, all) => [sign, all[at + 1] ?? sign] as const)
    .filter((_pair, at) => at % 2 === 0),
)
const share = 0.4
const filler = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen'.split(' ')

/** `en-XA`: accented, and 40 % longer. */
export function lengthened(messages: Messages): Messages {
  return change(messages, (text) => {
    const accented = outsideOfHoles(text, (part) => [...part].map((sign) => accents.get(sign) ?? sign).join(''))
    const missing = Math.ceil(text.replace(/\{\w+\}/g, '').length * share)
    let more = ''
    for (const word of filler) if (more.length < missing) more += ` ${word}`
    return `[${accented}${more}]`
  })
}

/** `ar-XB`: each run of letters is laid out from right to left, so that English shows how a page does in Arabic. */
export function mirrored(messages: Messages): Messages {
  return change(messages, (text) => outsideOfHoles(text, (part) => part.replace(/[^\s]+/g, '\u202e$&\u202c')))
}

function outsideOfHoles(text: string, change: (part: string) => string): string {
  return text
    .split(/(\{\w+\})/)
    .map((part) => (part.startsWith('{') ? part : change(part)))
    .join('')
}

function change<All extends Messages>(messages: All, rewrite: (text: string) => string): All {
  const form = (message: string | Plural) =>
    typeof message === 'string'
      ? rewrite(message)
      : Object.fromEntries(Object.entries(message).map(([category, text]) => [category, rewrite(text)]))
  return Object.assign(
    {},
    messages,
    Object.fromEntries(Object.entries(messages).map(([key, message]) => [key, form(message)])),
  )
}
