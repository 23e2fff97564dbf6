import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** Longer than any answer: a file that goes on without an end of line is not read into memory whole. */
const lineCharactersMax = 32 * 1024 * 1024

/** The lines of files, one after the other, without the empty ones. @throws Error where one breaks off or is too long. */
export async function* readLines(files: readonly Readable[]): AsyncGenerator<string> {
  for (const file of files) {
    const decoder = new StringDecoder('utf8')
    let parts: string[] = []
    let characters = 0
    for await (const chunk of file) {
      const lines = decoder.write(chunk).split('\n')
      for (const [index, line] of lines.entries()) {
        if (index > 0) {
          const whole = parts.join('')
          if (whole.trim() !== '') yield whole
          parts = []
          characters = 0
        }
        parts.push(line)
        characters += line.length
        if (characters > lineCharactersMax) throw new Error('A line of results is too long.')
      }
    }
    const last = parts.join('') + decoder.end()
    if (last.trim() !== '') yield last
  }
}
